import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT, run } from '../support/child.js'
import { addRows, cli, emptyFile, originalFile, Sink, temporaryFolder } from './helpers.js'

const database = (path: string): string[] => ['--db-path', path]

describe('export', () => {
  it('writes to stdout, where nothing else stands', async () => {
    const { code, stdout, stderr } = await cli([
      'export',
      '--format',
      'csv',
      '-f',
      'divide',
      ...database(originalFile()),
    ])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.split('\n')).toHaveLength(42)
    expect(stdout.startsWith('id,feature_name,category,')).toBe(true)
    const json = await cli(['export', '--json', '-s', 'failed', ...database(originalFile())])
    expect((JSON.parse(json.stdout) as { status: string }[]).every(({ status }) => status === 'failed')).toBe(true)
  })

  it('makes a file of mode 0600, and replaces none unless it is told to (R32, R38)', async () => {
    const path = join(temporaryFolder(), 'out.jsonl')
    const argv = ['export', '-o', path, ...database(originalFile())]
    expect(await cli(argv)).toEqual({ code: 0, stdout: '', stderr: `160 records are in ${path}\n` })
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const again = await cli(argv)
    expect(again).toMatchObject({
      code: 3,
      stderr: `error: ${path} is there already\nhint: give another path, or --force to replace it\n`,
    })
    expect((await cli([...argv, '--force'])).code).toBe(0)
  })

  it('refuses what would be wrong, and leaves nothing behind', async () => {
    const folder = temporaryFolder()
    const path = originalFile()
    const cases: [string[], RegExp][] = [
      [['-o', join(folder, 'out.txt')], /tells no format/],
      [['-o', folder, '--format', 'csv'], /is a folder/],
      [['-o', path, '--format', 'csv', '--force'], /belongs to the database/],
      [['-o', join(folder, 'missing', 'out.csv')], /cannot be written/],
      [['-o', join(folder, 'a.parquet.gz')], /compressed already/],
      [['--format', 'xml'], /Allowed choices/],
      [['--since', '1d', '--until', '2d', '--format', 'csv'], /no time lies between/],
    ]
    for (const [argv, message] of cases) {
      const { code, stderr } = await cli(['export', ...argv, ...database(path)])
      expect(code).toBeGreaterThan(1)
      expect(stderr).toMatch(message)
    }
    expect(existsSync(join(folder, 'out.txt'))).toBe(false)
  })

  it('neutralises formulas, and shows progress on a terminal alone', async () => {
    const path = addRows(emptyFile(), [{ feature_name: '=HYPERLINK("http://x")' }, { feature_name: "'+1" }])
    const { stdout } = await cli(['export', '--format', 'csv', ...database(path)])
    expect(stdout).toContain(`"'=HYPERLINK(""http://x"")"`)
    expect(stdout).toContain(`"''+1"`)
    const stderr = new Sink()
    const out = join(temporaryFolder(), 'out.csv')
    await cli(['export', '-o', out, ...database(path)], { stderr, showsProgress: true })
    expect(stderr.text).toMatch(/export \[#+\] 100 % 2 rows/)
    expect(stderr.text).toContain('\r\u001b[K2 records are in')
  })

  it('ends quietly when the reader of a pipe has seen enough', async () => {
    const { code, stdout, stderr } = await run('sh', [
      '-c',
      `node ${ROOT}dist/lib/cli.js export --format csv --db-path ${originalFile()} | head -1`,
    ])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^id,/)
  })
})

describe('import and merge', () => {
  it('take back what was exported, and say what became of it', async () => {
    const folder = temporaryFolder()
    const [file, target] = [join(folder, 'a.parquet'), join(folder, 'new.db')]
    await cli(['export', '-o', file, ...database(originalFile())])
    const first = await cli(['import', file, ...database(target)])
    expect(first.stderr).toBe(`160 records were read, 160 are new in ${target}\n`)
    const second = await cli(['import', file, '--json', ...database(target)])
    expect(JSON.parse(second.stdout)).toMatchObject({ rows: 160, added: 0, present: 160, skipped: 0 })
    const merged = await cli(['merge', originalFile(), target, '--into', join(folder, 'all.db')])
    expect(merged).toMatchObject({ code: 0 })
    expect(merged.stderr).toContain('has 160 more records, of 320 that were read')
  })

  it('name what is wrong', async () => {
    const file = join(temporaryFolder(), 'a.csv')
    writeFileSync(file, 'id\n')
    const { code, stderr } = await cli(['import', file, ...database(join(temporaryFolder(), 'new.db'))])
    expect({ code, start: stderr.slice(0, 7) }).toEqual({ code: 3, start: 'error: ' })
    expect((await cli(['merge', originalFile()])).code).toBe(2)
  })
})

describe('forget and privacy', () => {
  it('first say, then do, and prove it', async () => {
    const path = addRows(emptyFile(), [
      { user_id: 'ada-lovelace', id: 'a' },
      { error_message: 'for ada-lovelace', id: 'b' },
    ])
    const dry = await cli(['forget', 'ada-lovelace', ...database(path)])
    expect(dry.code).toBe(0)
    expect(dry.stdout).toContain('1 records, 1 texts of others that name them')
    expect(dry.stdout).toContain('Nothing was changed. --yes erases it.')
    const done = await cli(['forget', 'ada-lovelace', '--yes', '--json', ...database(path)])
    expect(done).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(done.stdout)).toMatchObject({ isErased: true, files: [{ rows: 1, mentions: 1 }] })
    expect(readFileSync(path).includes('ada-lovelace')).toBe(false)
  })

  it('audit ends with 4 where it found something', async () => {
    const path = addRows(emptyFile(), [{ error_message: 'mail ada@example.com' }])
    const { code, stdout, stderr } = await cli(['privacy', 'audit', ...database(path)])
    expect(code).toBe(4)
    expect(stdout).toContain('e-mail address in error_message: 1 records, such as a…m (15) in row-0')
    expect(stderr).toContain('error: one place holds what resembles persons or secrets')
    expect((await cli(['privacy', 'audit', ...database(emptyFile())])).code).toBe(0)
  })

  it('rotate-key asks first', async () => {
    const path = emptyFile()
    expect((await cli(['privacy', 'rotate-key', ...database(path)])).code).toBe(2)
    expect(existsSync(`${path}.key`)).toBe(false)
    expect((await cli(['privacy', 'rotate-key', '--yes', ...database(path)])).code).toBe(0)
    expect(statSync(`${path}.key`).mode & 0o777).toBe(0o600)
  })
})

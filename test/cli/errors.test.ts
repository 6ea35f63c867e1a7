import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { cli, originalFile, temporaryFolder } from './helpers.js'

describe('wrong usage', () => {
  it.each([
    [['list-feature'], "error: unknown command 'list-feature'\nhint: did you mean list-features?\n"],
    [['list-features', '--limt', '3'], "error: unknown option '--limt'\nhint: did you mean --limit?\n"],
    [['list-features', '--jsn'], "error: unknown option '--jsn'\nhint: did you mean --json?\n"],
    [['list-features', 'x'], /^error: too many arguments .*\nhint: see feature-tracking list-features --help\n$/],
    [
      ['feature-stats'],
      "error: missing required argument 'feature_name'\nhint: see feature-tracking feature-stats --help\n",
    ],
    [['list-records', '--limit', '0'], /'0' is invalid\. Give a whole number of 1 or more\.\n$/],
    [['list-records', '--limit', '-5'], /'-5' is invalid\. Give a whole number/],
    [['list-records', '--limit', '1e3'], /'1e3' is invalid\. Give a whole number/],
    [
      ['list-records', '--status', 'broken'],
      /'broken' is invalid\. Give one of success, failed, partial, timeout\.\n$/,
    ],
    [['feature-stats', 'f', '-c', 'ai'], /'ai' is invalid\. Give one of ai_provider, mcp_server, .*, other\.\n$/],
    [
      ['list-records', '--since', 'yesterday'],
      /'yesterday' is invalid\. Give a time back from now such as 30m, 24h, 7d or 2w, or an ISO/,
    ],
    [
      ['list-records', '--since', '1h', '--until', '2h'],
      /^error: no time lies between --since 1h and --until 2h\nhint: /,
    ],
    [['list-features', '--json', '--csv'], /'--json' cannot be used with option '--csv'/],
    [['list-features', '--db-path', ''], 'error: --db-path is "": give the path of a file\n'],
    [['list-records', '--status', 'a\u001b[2J\n'], /'a\\x1b\[2J\\n' is invalid/],
  ])('%j is told so', async (argv, expected) => {
    const { code, stdout, stderr } = await cli(argv)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    if (typeof expected === 'string') expect(stderr).toBe(expected)
    else expect(stderr).toMatch(expected)
  })

  it('is a JSON object for a program', async () => {
    const { code, stderr } = await cli(['list-records', '--status', 'broken', '--json'])
    expect(code).toBe(2)
    expect(JSON.parse(stderr)).toEqual({
      error: { code: 'usage', message: expect.stringContaining("'broken' is invalid"), hint: null },
    })
  })
})

describe('a file that is not there', () => {
  it('is named with who chose it, and is not made', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'sub', 'usage.db')
    const hint =
      'hint: it appears with the first tracked call; --db-path or FEATURE_TRACKING_DB_PATH choose another file\n'
    expect(await cli(['list-features', '--db-path', path])).toEqual({
      code: 1,
      stdout: '',
      stderr: `error: there is no file ${path} (the path given by --db-path)\n${hint}`,
    })
    const named = await cli(['list-records'], { env: { FEATURE_TRACKING_DB_PATH: path } })
    expect(named.stderr).toContain(`${path} (the path in FEATURE_TRACKING_DB_PATH)`)
    expect(readdirSync(folder)).toEqual([])
  })

  it('is a JSON object for a program', async () => {
    const { code, stderr } = await cli(['--json', 'feature-stats', 'f', '--db-path', '/nowhere/usage.db'])
    expect(code).toBe(1)
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'not_found', message: expect.stringContaining('/nowhere/usage.db') },
    })
  })
})

describe('a file that cannot be used', () => {
  it('may be no database', async () => {
    const path = join(temporaryFolder(), 'notes.txt')
    writeFileSync(path, 'these are notes, and no database at all\n'.repeat(100))
    const { code, stderr } = await cli(['list-features', '--db-path', path])
    expect(code).toBe(3)
    expect(stderr).toMatch(
      /^error: .*notes\.txt is not an SQLite database.*\nhint: --db-path or FEATURE_TRACKING_DB_PATH/,
    )
    expect(existsSync(`${path}-journal`)).toBe(false)
  })

  it('may be of another program', async () => {
    const path = join(temporaryFolder(), 'other.db')
    new BetterSqlite3(path).exec('CREATE TABLE feature_usage (a)').close()
    const { code, stderr } = await cli(['list-features', '--db-path', path, '--json'])
    expect(code).toBe(3)
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'not_ours' } })
  })

  it('may be of a later version', async () => {
    const path = originalFile()
    const database = new BetterSqlite3(path)
    database.exec(
      "CREATE TABLE feature_tracking_schema (version INTEGER PRIMARY KEY, name TEXT, applied_at TEXT); INSERT INTO feature_tracking_schema VALUES (999, 'x', 'y')",
    )
    database.close()
    const { code, stderr } = await cli(['list-features', '--db-path', path])
    expect(code).toBe(3)
    expect(stderr).toContain('schema version 999')
  })

  it('may be damaged', async () => {
    const path = originalFile()
    const database = new BetterSqlite3(path)
    const size = database.pragma('page_size', { simple: true }) as number
    const pages = database.pragma('page_count', { simple: true }) as number
    const bytes = database.serialize()
    database.close()
    for (let page = 2; page < pages; page++) bytes.fill(0xee, page * size, (page + 1) * size)
    writeFileSync(path, bytes)
    const { code, stderr } = await cli(['list-records', '--db-path', path, '--limit', '1000'])
    expect(code).toBe(3)
    expect(stderr).toMatch(/^error: .* is damaged/)
    expect(stderr).not.toContain('    at ')
  })

  it.each(['a folder', 'below a file'])('may be %s', async (kind) => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'a folder'))
    writeFileSync(join(folder, 'file'), '')
    const path = join(folder, kind === 'a folder' ? 'a folder' : 'file/usage.db')
    const { code, stderr } = await cli(['list-features', '--db-path', path])
    expect(code).toBe(3)
    expect(stderr).toContain(path)
    expect(stderr).not.toContain('    at ')
  })
})

describe('a bad FEATURE_TRACKING_DB_PATH', () => {
  it('is named in one warning; a path on the command line does without it', async () => {
    const env = { FEATURE_TRACKING_DB_PATH: ':memory:' }
    const path = originalFile()
    expect((await cli(['list-features', '--db-path', path], { env })).stderr).toBe('')
    expect((await cli(['list-features'], { env })).stderr).toMatch(
      /^warning: FEATURE_TRACKING_DB_PATH is ":memory:": give the path of a file\./,
    )
  })
})

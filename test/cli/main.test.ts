import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { existsSync, openSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { addRows, emptyFile, originalFile, temporaryFolder } from './helpers.js'

const MAIN = fileURLToPath(new URL('../../dist/lib/cli.js', import.meta.url))

function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: '/nonexistent', TZ: 'UTC', ...more }
}

function main(
  argv: readonly string[],
  env: NodeJS.ProcessEnv = {},
): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...argv], {
    env: environment(env),
    encoding: 'utf8',
  })
  return { code: status, stdout, stderr }
}

/** Runs a pipeline in bash, where `$CLI` is the command line and every part's exit code is told at the end. */
async function pipeline(script: string): Promise<{ stdout: string; stderr: string }> {
  const env = environment({ CLI: `${process.execPath} ${MAIN}` })
  return promisify(execFile)('bash', ['-c', `${script}; echo "codes \${PIPESTATUS[*]}"`], { env, maxBuffer: 1 << 28 })
}

function bigFile(): string {
  return addRows(
    emptyFile(),
    Array.from({ length: 20_000 }, (_, index) => ({
      feature_name: `feature ${index % 7}`,
      error_message: 'x'.repeat(100),
    })),
  )
}

describe('the executable', () => {
  it('answers from a file of the Python original, without changing its folder', () => {
    const path = originalFile()
    const { code, stdout, stderr } = main(['list-features'], { FEATURE_TRACKING_DB_PATH: path })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/\nhash_text +file_operation +60 +1 +100\.0 %/)
    expect(stdout).toMatch(/\ndivide +other +40 +0 +75\.0 %/)
    expect(stdout).toMatch(/\nrun_crew +agentic_platform +10 +1 +100\.0 %/)
    expect(readdirSync(dirname(path))).toEqual(['usage.db'])
  })

  it('takes its options before and after the command', () => {
    const path = originalFile()
    const after = main(['feature-stats', 'hash_text', '--json', '--db-path', path])
    expect(JSON.parse(after.stdout)).toMatchObject({ total_calls: 60 })
    expect(main(['--json', '--db-path', path, 'feature-stats', 'hash_text'])).toEqual(after)
  })

  it('looks in the home folder by default, and makes nothing there', () => {
    const home = temporaryFolder()
    const { code, stderr } = main(['list-features'], { HOME: home })
    expect(code).toBe(1)
    expect(stderr).toContain(`there is no file ${join(home, '.cloudcurio', 'feature_tracking.db')} (the default path)`)
    expect(readdirSync(home)).toEqual([])
    expect(main(['list-features', '--db-path', '~/x.db'], { HOME: home }).stderr).toContain(join(home, 'x.db'))
  })

  it('exits with 2 for wrong usage and 3 for a file that is no database', () => {
    expect(main(['list-features', '--bad'])).toMatchObject({ code: 2, stdout: '' })
    expect(main(['list-features', '--db-path', MAIN])).toMatchObject({ code: 3, stdout: '' })
  })

  it('takes a time without an offset as local', () => {
    const argv = ['list-records', '--db-path', originalFile(), '--since', '2026-11-24T16:00', '--limit', '1', '--json']
    const [record] = JSON.parse(main(argv, { TZ: 'Asia/Tokyo' }).stdout) as { start_time: string }[]
    expect(record?.start_time).toMatch(/^2026-11-24T07:06:15/)
  })
})

describe('a pipe', () => {
  it.each(['', '--json', '--csv'])('that is closed early ends a large list quietly: %s', async (mode) => {
    const { stdout, stderr } = await pipeline(
      `$CLI list-records ${mode} --limit 20000 --db-path '${bigFile()}' | head -1`,
    )
    expect(stderr).toBe('')
    expect(stdout.split('\n').slice(1)).toEqual(['codes 0 0', ''])
  })

  it('that was closed before anything was written is no error', async () => {
    const path = originalFile()
    const { stdout, stderr } = await pipeline(`(sleep 1; $CLI list-features --db-path '${path}') | true`)
    expect({ stdout, stderr }).toEqual({ stdout: 'codes 0 0\n', stderr: '' })
  })

  it('that is read slowly gets everything', async () => {
    const { stdout } = await pipeline(
      `$CLI list-records --json --limit 20000 --db-path '${bigFile()}' | (sleep 1; cat)`,
    )
    const end = stdout.lastIndexOf('codes ')
    expect(stdout.slice(end)).toBe('codes 0 0\n')
    expect(JSON.parse(stdout.slice(0, end))).toHaveLength(20_000)
  })

  it.runIf(existsSync('/dev/full'))('to a full disk is an error', () => {
    const { status, stderr } = spawnSync(process.execPath, [MAIN, 'list-features', '--db-path', originalFile()], {
      env: environment(),
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
      encoding: 'utf8',
    })
    expect(status).toBe(3)
    expect(stderr).toMatch(/^error: the output cannot be written \(ENOSPC/)
  })
})

describe.runIf(hasScript())('a pseudo-terminal', () => {
  function inTerminal(columns: number, argv: string, env: NodeJS.ProcessEnv = {}): string {
    const command = `stty cols ${columns}; ${process.execPath} ${MAIN} ${argv}`
    return execFileSync('script', ['-qec', command, '/dev/null'], {
      env: environment({ TERM: 'xterm', ...env }),
      encoding: 'utf8',
    })
  }

  it('gets a table of its width, in colours', () => {
    const output = inTerminal(80, `list-features --db-path ${originalFile()}`)
    expect(output).toContain('\u001b[1mFeature')
    expect(output).toMatch(/custom_agen\w*…  agentic_pl\w*…/)
  })

  it('gets no colours where NO_COLOR is set', () => {
    const output = inTerminal(200, `list-features --db-path ${originalFile()}`, { NO_COLOR: '1' })
    expect(output).not.toContain('\u001b')
    expect(output).toContain('custom_agentic_platform    agentic_platform')
  })
})

function hasScript(): boolean {
  return spawnSync('script', ['--version']).status === 0
}

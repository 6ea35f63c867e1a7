import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { createProgram } from '../../src/cli/program.js'
import { cases, isThorough } from '../support/thorough.js'
import { cli, NOW, originalFile, Sink } from './helpers.js'

/** `npm run golden` sets it: the files are then written instead of compared. */
const isUpdating = process.env['UPDATE_GOLDEN'] === '1'

const MAIN = fileURLToPath(new URL('../../dist/lib/cli.js', import.meta.url))
const GOLDEN = fileURLToPath(new URL('golden/', import.meta.url))

const DAY = ['--since', '2026-11-24', '--until', '2026-11-25']

interface Case {
  /** The command, and a word where there are several cases of it. */
  readonly name: string
  readonly argv: readonly string[]
  /** Command lines that go before, whose output is not looked at. */
  readonly before?: readonly (readonly string[])[]
}

const CASES: readonly Case[] = [
  { name: 'list-features', argv: ['list-features', '--limit', '6', ...DAY] },
  { name: 'list-features.json', argv: ['list-features', '--limit', '2', '--json', ...DAY] },
  { name: 'feature-stats', argv: ['feature-stats', 'divide'] },
  { name: 'feature-stats.json', argv: ['feature-stats', 'divide', '--json'] },
  { name: 'list-records', argv: ['list-records', '--status', 'failed', '--limit', '4'] },
  { name: 'list-records.zone', argv: ['list-records', '--limit', '2', '--time-zone', 'Asia/Tokyo'] },
  { name: 'tail', argv: ['tail', '--no-follow', '--limit', '5'] },
  { name: 'top', argv: ['top', '--once'] },
  { name: 'cleanup', argv: ['cleanup', '--max-rows', '100'] },
  { name: 'cleanup.done', argv: ['cleanup', '--max-rows', '100', '--yes', '--vacuum'] },
  { name: 'archive', argv: ['archive', '--max-rows', '100', '--to', '$F/old.jsonl.gz'] },
  {
    name: 'unarchive',
    argv: ['unarchive', '$F/old.jsonl.gz'],
    before: [['archive', '--max-rows', '100', '--to', '$F/old.jsonl.gz']],
  },
  { name: 'backup', argv: ['backup', '$F/usage.backup'] },
  { name: 'restore', argv: ['restore', '$F/usage.backup'], before: [['backup', '$F/usage.backup']] },
  { name: 'migrate', argv: ['migrate'] },
  { name: 'migrate.up', argv: ['migrate', 'up'] },
  { name: 'migrate.down', argv: ['migrate', 'down'] },
  { name: 'doctor', argv: ['doctor'] },
  { name: 'run', argv: ['run', '--', '/nonexistent/program'] },
  { name: 'completion', argv: ['completion', 'bash'] },
  { name: 'export', argv: ['export', '--feature', 'divide', '--status', 'failed', '--format', 'csv'] },
  { name: 'export.file', argv: ['export', '--feature', 'divide', '-o', '$F/divide.jsonl'] },
  { name: 'import', argv: ['import', '$F/all.csv'], before: [['export', '-o', '$F/all.csv']] },
  { name: 'merge', argv: ['merge', '$F/usage.db', '--into', '$F/other.db'] },
  { name: 'merge.missing', argv: ['merge', '$F/none.db', '--into', '$F/other.db'] },
  { name: 'forget', argv: ['forget', 'user-1'] },
  { name: 'privacy.audit', argv: ['privacy', 'audit'] },
  { name: 'privacy.rotate-key', argv: ['privacy', 'rotate-key'] },
  { name: 'rules', argv: ['rules', 'check', '$F/none.json'] },
  { name: 'dashboard', argv: ['dashboard', '--host', '0.0.0.0'] },
  { name: 'help', argv: ['help'] },
]

/** To start a terminal takes half a second each: all of them are with the slow tests. */
const IN_TERMINAL = isUpdating ? CASES : CASES.slice(0, cases(10, CASES.length))

const ENVIRONMENT = { PATH: process.env['PATH'], HOME: '/nonexistent', TZ: 'UTC', TERM: 'xterm', LANG: 'C.UTF-8' }

/** What differs from one run to the next. */
function masked(text: string, folder: string): string {
  return (
    text
      .replaceAll(folder, '<folder>')
      .replaceAll(/\d{8}T\d{9}Z/g, '<stamp>')
      .replaceAll(/(verified in|records in) [\d.]+ \S+/g, '$1 <time>')
      .replaceAll(/"seconds": [\d.e-]+/g, '"seconds": <time>')
      .replaceAll(/\d+(?:\.\d+)? [kM]?B/g, '<size>')
      .replaceAll(/[0-9a-f]{64}/g, '<checksum>')
      .replaceAll('\r\n', '\n')
      // Paths of another length make other columns.
      .replaceAll(/(<folder>\S*|Value) {2,}/g, '$1  ')
      .replaceAll(/ {2,}(argument|environment|default)$/gm, '  $1')
  )
}

function commandOf({ argv }: Case, folder: string): string[] {
  return ['--db-path', join(folder, 'usage.db'), ...argv].map((word) => word.replace('$F', folder))
}

async function prepare(one: Case): Promise<string> {
  const path = originalFile()
  chmodSync(path, 0o600)
  const folder = dirname(path)
  for (const argv of one.before ?? []) expect((await printed(commandOf({ name: '', argv }, folder))).code).toBe(0)
  return folder
}

/** What a command line prints in this process, where it costs a tenth of what it does in one of its own. */
async function printed(argv: readonly string[]): Promise<{ text: string; code: number | null }> {
  const { stdout, stderr, code } = await cli(argv, { env: ENVIRONMENT, now: () => Date.now() })
  return { text: stdout + stderr, code }
}

function printedByExecutable(argv: readonly string[]): { text: string; code: number | null } {
  const options = { env: ENVIRONMENT, encoding: 'utf8' } as const
  const { stdout, stderr, status } = spawnSync(process.execPath, [MAIN, ...argv], options)
  return { text: stdout + stderr, code: status }
}

function compare(name: string, text: string): void {
  const path = join(GOLDEN, `${name}.txt`)
  if (isUpdating) {
    mkdirSync(GOLDEN, { recursive: true })
    writeFileSync(path, text)
  }
  expect(text).toBe(existsSync(path) ? readFileSync(path, 'utf8') : `there is no ${path}: npm run golden`)
}

/** util-linux runs a command in a terminal of its own. */
const hasScript = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0

// oxlint-disable-next-line no-control-regex -- a line of the terminal is cleared by control characters
const PROGRESS = /(?:\r\u001b\[K[^\r\n]*)*\r\u001b\[K/g

const shellWord = (word: string) => `'${word.replaceAll("'", String.raw`'\''`)}'`

process.env['TZ'] = 'UTC'

describe('the executable', () => {
  it.each(CASES)('$name through a pipe prints what it did', async (one) => {
    const folder = await prepare(one)
    const argv = commandOf(one, folder)
    const { text, code } = isThorough || isUpdating ? printedByExecutable(argv) : await printed(argv)
    compare(`${one.name}.pipe`, `${masked(text, folder)}exit ${code}\n`)
  })

  it.skipIf(!hasScript).each(IN_TERMINAL)(
    '$name in a terminal (needs script of util-linux) prints what it did',
    async (one) => {
      const folder = await prepare(one)
      const line = [process.execPath, MAIN, ...commandOf(one, folder)].map(shellWord).join(' ')
      const { stdout, status } = spawnSync('script', ['-qec', line, '/dev/null'], {
        env: { ...ENVIRONMENT, COLUMNS: '100' },
        encoding: 'utf8',
        input: '',
      })
      // What progress has drawn is taken away again.
      const text = masked(stdout, folder).replaceAll(PROGRESS, '')
      compare(`${one.name}.tty`, `${text}exit ${status}\n`)
    },
  )

  it.skipIf(!hasScript)('top draws on the other screen, and q gives the terminal back (needs script)', async () => {
    const line = [process.execPath, MAIN, 'top', '--db-path', originalFile(), '--every', '1s'].map(shellWord).join(' ')
    const child = spawn('script', ['-qec', line, '/dev/null'], { env: ENVIRONMENT, stdio: ['pipe', 'pipe', 'inherit'] })
    let shown = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text))
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
    await expect.poll(() => shown, { timeout: 20_000 }).toContain('q quits')
    child.stdin.write('q')
    expect(await ended).toBe(0)
    expect(shown).toContain('\u001b[?1049h')
    expect(shown.trimEnd().endsWith('\u001b[?25h\u001b[?1049l')).toBe(true)
  })

  it('has a case for every command, and no golden file is left over', () => {
    const io = { stdout: new Sink(), stderr: new Sink(), env: {}, isTTY: false, columns: undefined, now: () => NOW }
    const commands = [...createProgram(io).commands.map((command) => command.name()), 'help']
    expect(commands.filter((name) => !CASES.some(({ argv }) => argv[0] === name))).toEqual([])
    const files = new Set(CASES.flatMap(({ name }) => [`${name}.pipe.txt`, `${name}.tty.txt`]))
    expect(readdirSync(GOLDEN).filter((name) => !files.has(name))).toEqual([])
  })
})

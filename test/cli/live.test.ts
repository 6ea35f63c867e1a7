import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import BetterSqlite3 from 'better-sqlite3'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { LiveTerminal } from '../../src/cli/io.js'
import { run } from '../../src/cli/run.js'
import { SqliteWriter } from '../../src/store/index.js'
import { DetailsReader } from '../../src/store/reading/index.js'
import { record } from '../support/records.js'
import { addRows, cli, NOW, originalFile, Sink, temporaryFolder } from './helpers.js'

const MAIN = fileURLToPath(new URL('../../dist/lib/cli.js', import.meta.url))
const ESC = '\u001b'

// oxlint-disable-next-line no-control-regex -- a terminal is steered by control characters
const CONTROL = /\u001b\[[\d;?]*[a-zA-Z]/g

/** A terminal that a test types on. */
class FakeTerminal implements LiveTerminal {
  columns = 100
  rows = 12
  isRaw = false
  press: (key: string) => void = () => {}
  resize: () => void = () => {}

  readonly keys = (onKey: (key: string) => void) => {
    this.press = onKey
    this.isRaw = true
    return () => {
      this.isRaw = false
    }
  }

  readonly resizes = (onResize: () => void) => {
    this.resize = onResize
    return () => {
      this.resize = () => {}
    }
  }

  readonly size = () => ({ columns: this.columns, rows: this.rows })
}

function start(argv: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const terminal = new FakeTerminal()
  const stop = new AbortController()
  const [stdout, stderr] = [new Sink(), new Sink()]
  const io = { stdout, stderr, env, isTTY: true, columns: 100, terminal, signal: stop.signal, now: () => NOW }
  return { terminal, stop, stdout, stderr, ended: run(argv, io) }
}

describe('top', () => {
  const argv = ['top', '--window', '1h', '--every', '1s']

  it('shows features with figures, fits the screen, and gives it back at q', async () => {
    const top = start([...argv, '--db-path', originalFile()])
    await expect.poll(() => top.stdout.text).toContain('q quits')
    expect(top.terminal.isRaw).toBe(true)
    const plain = top.stdout.text.replaceAll(CONTROL, '')
    expect(plain).toContain('calls of')
    expect(plain).toMatch(/hash_text +file_operation +60 +0\.0 +29\.3 µs +46\.3 µs +0 +0\.0 %/)
    expect(plain.split('\r\n')).toHaveLength(12)
    expect(top.stdout.text).toContain(`${ESC}[1m`)
    top.terminal.columns = 40
    top.terminal.rows = 6
    const before = top.stdout.text.length
    top.terminal.resize()
    await expect.poll(() => top.stdout.text.length).toBeGreaterThan(before)
    const narrow = top.stdout.text.slice(before).replaceAll(CONTROL, '')
    for (const line of narrow.split('\r\n')) expect(line.length).toBeLessThanOrEqual(40)
    expect(narrow.split('\r\n').length).toBeLessThanOrEqual(6)
    top.terminal.press('q')
    expect(await top.ended).toBe(0)
    expect(top.stdout.text.startsWith(`${ESC}[?1049h${ESC}[?25l`)).toBe(true)
    expect(top.stdout.text.endsWith(`${ESC}[?25h${ESC}[?1049l`)).toBe(true)
    expect(top.terminal.isRaw).toBe(false)
  })

  it.each(['\u0003', 'signal'])('ends at Ctrl-C, as a key or as a signal: %j', async (how) => {
    const top = start([...argv, '--db-path', originalFile()], { NO_COLOR: '1' })
    await expect.poll(() => top.stdout.text).toContain('q quits')
    expect(top.stdout.text).not.toContain(`${ESC}[1m`)
    if (how === 'signal') top.stop.abort()
    else top.terminal.press(how)
    expect(await top.ended).toBe(0)
    expect(top.stdout.text.endsWith(`${ESC}[?1049l`)).toBe(true)
  })

  it('draws on nothing but a terminal, and prints once where it is told to', async () => {
    const path = originalFile()
    expect(await cli(['top', '--db-path', path])).toMatchObject({
      code: 2,
      stderr: 'error: top draws on a terminal, and this is none\nhint: give --once to print the figures once\n',
    })
    expect((await cli(['top', '--once', '--window', '1h', '--db-path', path])).stdout).toMatch(
      /^\d+ calls of .* in the last/,
    )
    const { stdout } = await cli(['top', '--once', '--json', '--window', '1h', '--limit', '1', '--db-path', path])
    expect(JSON.parse(stdout)).toEqual([expect.objectContaining({ feature_name: 'hash_text', calls: 60, errors: 0 })])
    expect((await cli(['top', '--once', '--db-path', '/nowhere/x.db'])).code).toBe(1)
  })
})

describe('tail', () => {
  it('prints a call once that is stored while it asks for the last ones', async () => {
    const path = originalFile()
    const end = vi.spyOn(DetailsReader.prototype, 'end').mockImplementationOnce(function (this: DetailsReader) {
      const position = this.end()
      addRows(path, [{ id: 'a', feature_name: 'between', start_time: new Date(NOW).toISOString() }])
      return position
    })
    onTestFinished(() => end.mockRestore())
    const tail = start(['tail', '--limit', '2', '--db-path', path])
    await expect.poll(() => tail.stdout.text).toContain('between')
    addRows(path, [{ id: 'b', feature_name: 'after', start_time: new Date(NOW).toISOString() }])
    await expect.poll(() => tail.stdout.text).toContain('after')
    tail.stop.abort()
    expect(await tail.ended).toBe(0)
    expect(tail.stdout.text.match(/between|after/g)).toEqual(['between', 'after'])
  })

  it('follows what any process stores, with filters, from before there is a file', async () => {
    const path = join(temporaryFolder(), 'usage.db')
    const tail = start(['tail', '--status', 'failed', '--db-path', path, '--json'])
    const writer = new SqliteWriter(path)
    onTestFinished(() => writer.close())
    await writer.insertRecords([record({ featureName: 'one', status: 'failed' }), record({ featureName: 'two' })])
    await expect.poll(() => tail.stdout.text, { timeout: 5000 }).toContain('"one"')
    await writer.insertRecords(
      Array.from({ length: 1200 }, (_, n) => record({ featureName: `f${n}`, status: 'failed' })),
    )
    await expect.poll(() => tail.stdout.text, { timeout: 5000 }).toContain('"f1199"')
    tail.stop.abort()
    expect(await tail.ended).toBe(0)
    const lines = tail.stdout.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { feature_name: string })
    expect(lines.map((line) => line.feature_name)).toEqual(['one', ...Array.from({ length: 1200 }, (_, n) => `f${n}`)])
  })

  it('waits for the table in a file that is just being made', async () => {
    const path = join(temporaryFolder(), 'usage.db')
    const maker = new BetterSqlite3(path)
    maker.exec('PRAGMA user_version = 1')
    maker.close()
    const tail = start(['tail', '--db-path', path, '--json'])
    // Longer than it takes to look a few times.
    const early = await Promise.race([tail.ended, sleep(500)])
    expect([early, tail.stderr.text]).toEqual([undefined, ''])
    const writer = new SqliteWriter(path)
    await writer.insertRecords([record({ featureName: 'one' })])
    await writer.close()
    await expect.poll(() => tail.stdout.text, { timeout: 5000 }).toContain('"one"')
    // And again, however long ago the first time was.
    await sleep(600)
    rmSync(path)
    const again = new BetterSqlite3(path)
    again.exec('PRAGMA user_version = 1')
    again.close()
    expect([await Promise.race([tail.ended, sleep(400)]), tail.stderr.text]).toEqual([undefined, ''])
    tail.stop.abort()
    expect(await tail.ended).toBe(0)
    expect(tail.stdout.text.trimEnd().split('\n')).toHaveLength(1)
  })

  it('says that a file is another one where it gets no table', async () => {
    const path = join(temporaryFolder(), 'other.db')
    const maker = new BetterSqlite3(path)
    maker.exec('CREATE TABLE t (x)')
    maker.close()
    const tail = start(['tail', '--db-path', path])
    expect(await tail.ended).toBe(3)
    expect(tail.stderr.text).toContain('has no table feature_usage')
  })

  it('begins with the last ones, and ends there without following', async () => {
    const path = originalFile()
    const { code, stdout } = await cli([
      'tail',
      '--no-follow',
      '--limit',
      '3',
      '--feature',
      'divide',
      '--db-path',
      path,
    ])
    expect(code).toBe(0)
    expect(stdout.trimEnd().split('\n')).toHaveLength(3)
    const csv = await cli(['tail', '--no-follow', '-n', '2', '--csv', '--db-path', path])
    expect(csv.stdout.split('\n')[0]).toMatch(/^id,feature_name/)
    expect(csv.stdout.trimEnd().split('\n')).toHaveLength(3)
    expect((await cli(['tail', '--no-follow', '--db-path', '/nowhere/x.db'])).code).toBe(1)
  })

  it('ends when nobody reads any more', async () => {
    const path = originalFile()
    const line = `${process.execPath} ${MAIN} tail --limit 1 --db-path ${path} | head -n 1; echo codes \${PIPESTATUS[*]}`
    const child = spawn('bash', ['-c', line], { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    onTestFinished(() => {
      if (child.exitCode === null) process.kill(-(child.pid as number), 'SIGKILL')
    })
    let [out, err] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
    const ended = once(child, 'close')
    await expect.poll(() => out, { timeout: 20_000 }).toContain('2026-11-24')
    // It learns of it with the calls that it prints next.
    const writer = new SqliteWriter(path)
    const writing = setInterval(() => void writer.insertRecords([record()]), 100)
    await ended
    clearInterval(writing)
    await writer.close()
    expect(err).toBe('')
    expect(out).toContain('codes 0 0')
  })
})

const hasRegister = existsSync(fileURLToPath(new URL('../../dist/lib/register.js', import.meta.url)))

describe('run', () => {
  const runThrough = (...argv: string[]) =>
    spawnSync(process.execPath, [MAIN, 'run', ...argv], {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '--no-warnings' },
    })

  it.skipIf(!hasRegister)('passes exit codes, signals and options on (needs register)', () => {
    const print = 'console.log(process.env.NODE_OPTIONS, process.env.FEATURE_TRACKING_DB_PATH); process.exit(7)'
    const path = originalFile()
    const exited = runThrough('--db-path', path, '--', process.execPath, '-e', print)
    expect(exited.status).toBe(7)
    expect(exited.stdout).toMatch(/^--import=file:.*register\.js --no-warnings /)
    expect(exited.stdout).toContain(path)
    expect(runThrough('--', process.execPath, '-e', 'process.kill(process.pid, "SIGTERM")').status).toBe(143)
    expect(runThrough('--', '/nonexistent/program').stderr).toContain('there is no program "/nonexistent/program"')
  })

  it.skipIf(hasRegister)('says that there is no registration in this version', () => {
    expect(runThrough('--', 'node', 'x.js')).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('register is not in') as string,
    })
  })

  it('wants a command', async () => {
    expect(await cli(['run'])).toMatchObject({ code: 2 })
  })
})

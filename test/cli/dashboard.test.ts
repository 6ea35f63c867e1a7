import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { spawn } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ROOT } from '../support/child.js'
import { cli, originalFile, temporaryFolder } from './helpers.js'

interface Running {
  readonly url: string
  readonly said: () => string
  readonly end: (signal: NodeJS.Signals) => Promise<{ code: number | null; stderr: string }>
}

/** Runs the command in a process of its own, until it says where it serves. */
function served(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Running> {
  const begin = performance.now()
  const child = spawn(process.execPath, [join(ROOT, 'dist/lib/cli.js'), 'dashboard', '--port', '0', ...args], {
    env: { ...process.env, ...env },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let [stdout, stderr] = ['', '']
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      const url = /http:\/\/[^\s"]+\//.exec(stdout)?.[0]
      if (url === undefined) return
      console.log(`dashboard: ready ${(performance.now() - begin).toFixed(0)} ms after the command`)
      resolve({
        url,
        said: () => stdout,
        end: async (signal) => {
          child.kill(signal)
          return { code: await ended, stderr }
        },
      })
    })
    void ended.then((code) => reject(new Error(`ended with ${code}: ${stderr}`)))
  })
}

describe('dashboard', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('serves until %s, then ends well with streams open', async (signal) => {
    const { url, said, end } = await served(['--db-path', originalFile()])
    expect(said()).toMatch(/^The dashboard of .* is at\n/)
    expect(await (await fetch(`${url}api/stats`)).json()).toMatchObject({ total_calls: 160 })
    const live = await fetch(`${url}api/live`)
    const broken = live.text().catch(() => 'broken off')
    expect(await end(signal)).toEqual({ code: 0, stderr: '' })
    await broken
    await expect(fetch(url)).rejects.toThrow()
  })

  it('says it in JSON', async () => {
    const path = originalFile()
    const { said, url, end } = await served(['--json', '--db-path', path])
    expect(JSON.parse(said())).toEqual({ url, database: path })
    await end('SIGTERM')
  })

  it('waits for a file that is not there yet', async () => {
    const path = join(temporaryFolder(), 'later.db')
    const { url, said, end } = await served(['--db-path', path])
    await expect.poll(said).toContain('There is no such file yet')
    expect((await fetch(`${url}api/stats`)).status).toBe(503)
    writeFileSync(path, readFileSync(originalFile()))
    expect(await (await fetch(`${url}api/stats`)).json()).toMatchObject({ total_calls: 160 })
    await end('SIGTERM')
  })

  it('opens the browser, and complains where there is none', async () => {
    const folder = temporaryFolder()
    const note = join(folder, 'opened')
    writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\necho "$1" > ${note}\n`)
    chmodSync(join(folder, 'xdg-open'), 0o755)
    const PATH = [folder, process.env['PATH']].join(delimiter)
    const { url, end } = await served(['--open', '--db-path', originalFile()], { PATH })
    await expect.poll(() => readFileSync(note, { encoding: 'utf8', flag: 'a+' })).toBe(`${url}\n`)
    await end('SIGTERM')
    const lonely = await served(['--open', '--db-path', originalFile()], { PATH: folder.replace(/$/, '-none') })
    await expect.poll(async () => (await fetch(`${lonely.url}api/health`)).status).toBe(200)
    expect((await lonely.end('SIGTERM')).stderr).toContain('no browser could be opened')
  })

  it('needs a token for other addresses, from a file or the environment', async () => {
    const open = ['dashboard', '--host', '0.0.0.0', '--port', '0', '--db-path', originalFile()]
    const refused = await cli(open)
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('host is 0.0.0.0, which other machines can reach')
    expect(refused.stderr).toContain('hint: set FEATURE_TRACKING_DASHBOARD_TOKEN')
    expect((await cli(open, { env: { FEATURE_TRACKING_DASHBOARD_TOKEN: 'short' } })).stderr).toContain(
      'give 16 or more',
    )
    expect((await cli([...open, '--token-file', '/nowhere/token'])).stderr).toContain('--token-file cannot be read')
    const file = join(temporaryFolder(), 'token')
    writeFileSync(file, 'a token of enough letters\n')
    const { url, end } = await served(['--host', '0.0.0.0', '--token-file', file, '--db-path', originalFile()])
    expect((await fetch(`${url}api/stats`)).status).toBe(401)
    expect(
      (await fetch(`${url}api/stats`, { headers: { authorization: 'Bearer a token of enough letters' } })).status,
    ).toBe(200)
    await end('SIGTERM')
  })

  it('says which option helps when the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    onTestFinished(() => void other.close())
    const { port } = other.address() as AddressInfo
    const { code, stderr } = await cli(['dashboard', '--port', String(port), '--db-path', originalFile()])
    expect(code).toBe(3)
    expect(stderr).toBe(
      `error: another program listens on 127.0.0.1:${port}\nhint: --port chooses another one; 0 takes any that is free\n`,
    )
    expect((await cli(['dashboard', '--port', '70000'])).stderr).toContain('Give a port, 0 to 65535.')
  })
})

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ROOT } from '../support/child.js'
import { sql } from '../support/original.js'

interface Row {
  readonly feature_name: string
  readonly category: string
  readonly status: string
  readonly metadata: string
}

/** Some 340 packages are installed and removed, and SQLite may have to be compiled. */
const PATIENCE_MS = 1_800_000

/** The example in a folder of its own, with its dependencies and this package, as `npm install` brings them. */
function install(): string {
  const folder = mkdtempSync(join(tmpdir(), 'feature-tracking-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true })
  }, PATIENCE_MS)
  cpSync(join(ROOT, 'examples/register-app'), folder, { recursive: true })
  const npm = (args: readonly string[], cwd: string) => execFileSync('npm', args, { cwd, encoding: 'utf8' }).trim()
  const packed = npm(['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], ROOT)
  npm(['install', '--no-audit', '--no-fund', '--silent', join(folder, packed)], folder)
  return folder
}

async function start(folder: string, env: Readonly<Record<string, string>>): Promise<[ChildProcess, string]> {
  const child = spawn(process.execPath, ['--import', '@cloudcurio/feature-tracking/register', 'app.js'], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return [child, url]
}

describe('an application that was never told of feature tracking', () => {
  it(
    'yields records of its requests, queries, tools and models',
    async () => {
      const folder = install()
      const dbPath = join(folder, 'usage.db')
      const [child, url] = await start(folder, { FEATURE_TRACKING_DB_PATH: dbPath, FEATURE_TRACKING_PROMOTE: 'all' })
      for (const path of ['/users/1', '/users/2', '/advice', '/tools/find_user']) await fetch(url + path)
      child.kill('SIGTERM')
      await once(child, 'exit')

      const rows = sql<Row>(dbPath, 'SELECT * FROM feature_usage ORDER BY start_time')
      const lines = rows.map(({ feature_name, category, status, metadata }) => {
        const parent = (JSON.parse(metadata) as { parent_feature?: string }).parent_feature
        return `${feature_name} | ${category} | ${status} | ${parent ?? '-'}`
      })
      console.log(lines.join('\n'))
      for (const line of [
        'GET /users/:id | web_interface | success | -',
        'SELECT users | database_operation | success | GET /users/:id',
        'GET /users/:id | web_interface | failed | -',
        'GET /advice | web_interface | success | -',
        'invoke_agent mock-1 | agentic_platform | success | GET /advice',
        'chat mock-1 | ai_provider | success | invoke_agent mock-1',
        'GET /tools/:name | web_interface | success | -',
      ])
        expect(lines).toContain(line)
      expect(lines.filter((line) => line.startsWith('tools/call find_user | mcp_server | success |'))).toHaveLength(1)
      expect(lines).toContain('SELECT users | database_operation | success | tools/call find_user')
      expect(JSON.stringify(rows)).not.toMatch(/Lemons|What shall I buy/)
    },
    PATIENCE_MS,
  )
})

// @ts-check
// The pictures of README: the dashboard over what `npm run demo` has recorded.
//   npm run pictures
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { chromium } from 'playwright-core'
import { startServer } from '@cloudcurio/feature-tracking/server'

const FOLDER = import.meta.dirname
const PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

const temp = mkdtempSync(join(tmpdir(), 'feature-tracking-pictures-'))
const dbPath = join(temp, 'feature_tracking.db')
try {
  execFileSync(process.execPath, [join(FOLDER, '../../examples/demo/main.js')], {
    env: { ...process.env, FEATURE_TRACKING_DB_PATH: dbPath },
    stdio: 'ignore',
  })
  await takePictures()
} finally {
  rmSync(temp, { recursive: true, force: true })
}

async function takePictures() {
  const program = process.env['CHROMIUM_PATH'] ?? PROGRAMS.find((path) => existsSync(path))
  if (program === undefined) throw new Error('there is no Chromium: install it, or set CHROMIUM_PATH')
  const server = await startServer({ dbPath, port: 0 })
  const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] })
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' })
    for (const { name, place, colorScheme } of pictures()) {
      await page.emulateMedia({ colorScheme })
      await page.goto(`${server.url}#/${place}`)
      await page.locator('main').waitFor()
      await page.waitForFunction(() => document.querySelector('.skeleton') === null)
      await page.locator('.live.is-live').waitFor()
      await page.screenshot({ path: join(FOLDER, `${name}.png`), animations: 'disabled' })
      console.log(`${name}.png`)
    }
  } finally {
    await browser.close()
    await server.close()
  }
}

/** @returns {{ name: string, place: string, colorScheme: 'light' | 'dark' }[]} */
function pictures() {
  return [
    { name: 'overview', place: 'overview?since=1h', colorScheme: 'light' },
    { name: 'feature', place: 'feature?name=gzip_file&since=1h', colorScheme: 'dark' },
    { name: 'records', place: 'records?since=1h&status=failed', colorScheme: 'light' },
    { name: 'trace', place: `trace?id=${largestTrace()}`, colorScheme: 'light' },
  ]
}

/** @returns {string} */
function largestTrace() {
  const database = new BetterSqlite3(dbPath, { readonly: true })
  try {
    const found = database
      .prepare('SELECT lower(hex(trace_id)) FROM feature_traces GROUP BY trace_id ORDER BY count(*) DESC LIMIT 1')
      .pluck()
      .get()
    return String(found)
  } finally {
    database.close()
  }
}

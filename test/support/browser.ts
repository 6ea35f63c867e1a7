import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe } from 'vitest'

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const program = process.env['CHROMIUM_PATH'] ?? PATHS.find((path) => existsSync(path))

const REMEDY = 'install it (Debian: apt-get install chromium), or set CHROMIUM_PATH'

/**
 * Tests in a real browser, which is closed after them. Where there is no Chromium they are skipped; with
 * `REQUIRE_BROWSER=1`, as CI sets it, they fail.
 */
export function describeInBrowser(name: string, body: (browser: () => Browser) => void): void {
  if (program === undefined && process.env['REQUIRE_BROWSER'] !== '1') {
    console.warn(`“${name}” is skipped, since there is no Chromium: ${REMEDY}`)
    // `npm test` needs nothing that npm does not install, and a browser is no such thing; CI never comes here.
    describe.skip(`${name} (needs Chromium: ${REMEDY})`, () => {
      body(() => {
        throw new Error('skipped')
      })
    })
    return
  }
  describe(name, () => {
    let browser: Browser | undefined
    beforeAll(async () => {
      if (program === undefined) throw new Error(`There is no Chromium: ${REMEDY}`)
      // The system's own sandbox is not there in containers and for root; only pages of this repository are opened.
      browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] })
    })
    afterAll(async () => {
      await browser?.close()
    })
    body(() => browser as Browser)
  })
}

import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe } from 'vitest'
import { CHROMIUM, HOW_TO_GET_CHROMIUM } from '../../bench/chromium.js'

/**
 * Tests in a real browser, which is closed after them. Where there is no Chromium they are skipped; with
 * `REQUIRE_BROWSER=1`, as CI sets it, they fail.
 */
export function describeInBrowser(name: string, body: (browser: () => Browser) => void): void {
  if (CHROMIUM === undefined && process.env['REQUIRE_BROWSER'] !== '1') {
    console.warn(`“${name}” is skipped, since there is no Chromium: ${HOW_TO_GET_CHROMIUM}`)
    // `npm test` needs nothing that npm does not install, and a browser is no such thing; CI never comes here.
    describe.skip(`${name} (needs Chromium: ${HOW_TO_GET_CHROMIUM})`, () => {
      body(() => {
        throw new Error('skipped')
      })
    })
    return
  }
  describe(name, () => {
    let browser: Browser | undefined
    beforeAll(async () => {
      if (CHROMIUM === undefined) throw new Error(`There is no Chromium: ${HOW_TO_GET_CHROMIUM}`)
      // The system's own sandbox is not there in containers and for root; only pages of this repository are opened.
      browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
    })
    afterAll(async () => {
      await browser?.close()
    })
    body(() => browser as Browser)
  })
}

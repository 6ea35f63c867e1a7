import { join } from 'node:path'
import { startServer } from '@cloudcurio/feature-tracking/server'
import { FeatureTrackerDB } from '@cloudcurio/feature-tracking/store'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { inTempFolder } from '../child.js'
import { CHROMIUM, HOW_TO_GET_CHROMIUM } from '../chromium.js'
import { preparedCopy } from '../data/file.js'
import { median } from '../measure.js'
import type { Options } from '../options.js'
import { atMost, type Result } from '../result.js'

const RUNS = 9

interface Times {
  /** Milliseconds from navigation to the first thing that can be clicked. */
  readonly interactive: number
  /** To the last answer that is drawn. */
  readonly drawn: number
  /** Cumulative layout shift. */
  readonly shift: number
}

/**
 * Each view of the dashboard over a large table: loaded with page, script and data, as from a link in a new tab, and
 * reached from another view.
 */
export async function benchViews(_options: Options, rows: number): Promise<Result[]> {
  if (CHROMIUM === undefined) {
    console.error(`views: there is no Chromium: ${HOW_TO_GET_CHROMIUM}`)
    return []
  }
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  try {
    return await inTempFolder(async (folder) => {
      const { path } = await preparedCopy(rows, join(folder, 'views.db'))
      return viewsOf(path, browser)
    })
  } finally {
    await browser.close()
  }
}

async function viewsOf(path: string, browser: Browser): Promise<Result[]> {
  const server = await startServer({ dbPath: path, port: 0 })
  const places = await placesOf(path)
  const all: Times[] = []
  const results: Result[] = []
  for (const [name, place] of places) {
    const times: Times[] = []
    const context = await contextOf(browser)
    // The first one finds the server's readers cold, as nobody does who has looked at another view before.
    for (let run = 0; run <= RUNS; run++) {
      const found = await opened(context, `${server.url}#/${place}`)
      if (run > 0) times.push(found)
    }
    await context.close()
    all.push(...times)
    results.push(drawnResult(`${name}, in a new tab`, median(times.map(({ drawn }) => drawn))))
  }
  for (const [name, place] of places) {
    const time = await reached(browser, `${server.url}#/boards`, place)
    results.push(drawnResult(`${name}, from another view`, time))
  }
  const plain = await plainPage(browser, `${server.url}api/stats`)
  await server.close()
  const interactive = median(all.map((times) => times.interactive))
  const shift = Math.max(...all.map((times) => times.shift))
  return [
    ...results,
    {
      name: 'any view can be clicked',
      value: interactive,
      unit: 'ms',
      baseline: 'a text of the same server in the same browser',
      ratio: interactive / plain,
      goals: [atMost(300, 'value')],
      note: 'median',
    },
    { name: 'largest layout shift', value: shift, unit: '', goals: [atMost(0.01, 'value')] },
  ]
}

function drawnResult(name: string, value: number): Result {
  return { name, value, unit: 'ms', goals: [atMost(500, 'value')], grows: true, note: 'median' }
}

/** Milliseconds from leaving another view until this one is drawn, whose figures the page has not asked for before. */
async function reached(browser: Browser, from: string, place: string): Promise<number> {
  const times: number[] = []
  const context = await contextOf(browser)
  for (let run = 0; run <= RUNS; run++) {
    const page = await context.newPage()
    await page.goto(from)
    await untilDrawn(page)
    await page.evaluate(goTo, place)
    await untilDrawn(page)
    if (run > 0) times.push(await page.evaluate<number>('seen.drawn - seen.left'))
    await page.close()
  }
  await context.close()
  return median(times)
}

/** Whatever comes later than the first time that nothing is waited for counts, too. */
async function untilDrawn(page: Page): Promise<void> {
  await page.waitForFunction(isDrawn)
  await page.waitForTimeout(300)
  await page.waitForFunction(isDrawn)
}

/** Runs in the page. */
function goTo(place: string): void {
  const { seen, location } = globalThis as unknown as {
    seen: { drawn: number | undefined; left: number }
    location: { hash: string }
  }
  seen.drawn = undefined
  seen.left = performance.now()
  location.hash = `#/${place}`
}

/** Times are those of the rows: they end with the last one. */
async function placesOf(path: string): Promise<[name: string, place: string][]> {
  const store = new FeatureTrackerDB(path)
  const [{ lastCall }, [top]] = await Promise.all([store.getUsageStats(), store.getTopFeatures({ limit: 1 })])
  await store.close()
  const end = Date.parse(lastCall ?? '')
  const range = (days: number) =>
    `since=${new Date(end - days * 86_400_000).toISOString()}&until=${new Date(end + 1000).toISOString()}`
  const feature = encodeURIComponent(top?.featureName ?? '')
  return [
    ['overview, a day', `overview?${range(1)}`],
    ['overview, a month', `overview?${range(30)}`],
    ['overview, all time', 'overview?since=all'],
    ['a feature, a week', `feature?name=${feature}&${range(7)}`],
    ['a feature, all time', `feature?name=${feature}&since=all`],
    ['records', 'records?since=all'],
    ['records, failed of a feature', `records?since=all&feature=${feature}&status=failed`],
    ['health', 'health'],
  ]
}

async function contextOf(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, timezoneId: 'Europe/Berlin' })
  await context.addInitScript({ content: WATCH })
  return context
}

/** Notes in the page when there was something to click, and when the last place that waited for an answer had it. */
const WATCH = `
  globalThis.seen = { interactive: undefined, drawn: undefined, shift: 0 }
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.shift += entry.value
  }).observe({ type: 'layout-shift', buffered: true })
  new MutationObserver(() => {
    if (document.querySelector('main') === null) return
    seen.interactive ??= performance.now()
    const list = document.querySelector('.rows-body')
    const isDrawn = document.querySelector('.skeleton') === null && (list === null || list.querySelector('.row') !== null)
    seen.drawn = isDrawn ? (seen.drawn ?? performance.now()) : undefined
  }).observe(document, { subtree: true, childList: true, attributes: true })
`

/** What the browser itself takes on this machine: from navigation until a page without script is there. */
async function plainPage(browser: Browser, address: string): Promise<number> {
  const context = await browser.newContext()
  const times: number[] = []
  for (let run = 0; run <= RUNS; run++) {
    const page = await context.newPage()
    await page.goto(address)
    const [{ domInteractive } = { domInteractive: NaN }] = await page.evaluate<{ domInteractive: number }[]>(
      "performance.getEntriesByType('navigation').map((entry) => entry.toJSON())",
    )
    if (run > 0) times.push(domInteractive)
    await page.close()
  }
  await context.close()
  return median(times)
}

/** Runs in the page. */
function isDrawn(): boolean {
  return (globalThis as unknown as { seen: Partial<Times> }).seen.drawn !== undefined
}

async function opened(context: BrowserContext, address: string): Promise<Times> {
  const page = await context.newPage()
  await page.goto(address)
  await untilDrawn(page)
  const times = await page.evaluate<Times>('seen')
  await page.close()
  return times
}

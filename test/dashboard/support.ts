import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import type { CallRecord } from '../../src/server/contract.js'
import { NOW, demoRecords } from './fake/records.js'
import { type FakeServer, startFake } from './fake/server.js'

export const WIDE = { width: 1280, height: 800 }

interface Opened {
  readonly page: Page
  /** What the page complained about: errors, and what its policy forbade. */
  readonly complaints: string[]
  /** Addresses of other hosts that were asked for. */
  readonly foreign: string[]
}

/** Opens an address in a context of its own; it is closed when the test ends. */
export async function open(browser: Browser, address: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await browser.newContext({ viewport: WIDE, timezoneId: 'UTC', locale: 'en-GB', ...options })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  const complaints: string[] = []
  const foreign: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.stack ?? error.message))
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url())
    if (/^https?:/.test(protocol) && hostname !== '127.0.0.1') foreign.push(request.url())
  })
  await page.goto(address)
  return { page, complaints, foreign }
}

interface OpenedFake extends Opened {
  readonly fake: FakeServer
}

/** The same with a fake server, below a path of its own, at the moment that its data ends. */
export async function openFake(
  browser: Browser,
  place: string,
  options: BrowserContextOptions & {
    readonly records?: readonly CallRecord[]
    readonly before?: (fake: FakeServer) => void
  } = {},
): Promise<OpenedFake> {
  const { records = demoRecords(), before, ...context } = options
  const fake = await startFake(records, '/some/prefix/')
  onTestFinished(() => fake.close())
  before?.(fake)
  const opened = await open(browser, 'about:blank', context)
  await opened.page.clock.setFixedTime(NOW)
  await opened.page.goto(fake.url + place)
  return { ...opened, fake }
}

/** Waits until nothing is being loaded. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main').waitFor()
  await expect.poll(() => page.locator('.skeleton').count(), { timeout: 30_000 }).toBe(0)
  await drawn(page)
}

/** Waits until what has changed is on the screen. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
}

/** On the page of a feature: leads to the trace of its latest call that did not succeed. */
export async function openFailedCall(page: Page): Promise<void> {
  const failed = page.getByRole('region', { name: 'Latest calls that did not succeed' }).last()
  await failed.getByRole('link').first().click()
  await page.getByRole('treegrid').waitFor()
}

/** What the accessibility checker finds that is serious, by all its rules or some. */
export async function seriousViolations(page: Page, rules?: readonly string[]): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source)
  return page.evaluate(async (only) => {
    interface Found {
      violations: { id: string; impact: string | null; nodes: { html: string; failureSummary?: string }[] }[]
    }
    const run = (globalThis as unknown as { axe: { run: (options: unknown) => Promise<Found> } }).axe
    const { violations } = await run.run(only === undefined ? {} : { runOnly: only })
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
      )
  }, rules)
}

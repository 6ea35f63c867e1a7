import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInBrowser } from '../support/browser.js'
import { ROOT } from '../support/child.js'
import { TRACE_ID } from './fake/records.js'
import { drawn, open, openFake, settled, WIDE } from './support.js'

/*
 * Pictures are compared a twelfth of their size: that shows what moved, vanished or changed its colour, and does not show
 * how letters are drawn, which differs between systems. `UPDATE_SCREENSHOTS=1` writes them anew: look at them then.
 */

const GOLDEN = join(ROOT, 'test/dashboard/golden')
const SHRINK = 12

const VIEWS: Readonly<Record<string, string>> = {
  overview: 'overview',
  feature: 'feature?name=chat_completion',
  records: 'records',
  trace: `trace?id=${TRACE_ID}`,
  boards: 'boards',
  health: 'health',
  empty: 'overview?since=2020-01-01T00:00:00Z&until=2020-01-02T00:00:00Z',
}

const MODES = {
  light: { colorScheme: 'light', size: WIDE },
  dark: { colorScheme: 'dark', size: WIDE },
  narrow: { colorScheme: 'light', size: { width: 360, height: 740 } },
} as const

interface Difference {
  readonly small: string
  /** Mean difference of a channel, 0 to 255; null when the size is another. */
  readonly mean: number | null
  /** Share of the points that are clearly another colour, in percent. */
  readonly changed: number
}

/** Shrinks a picture, and compares it with a small one; the browser decodes them. */
function compare(page: Page, picture: Buffer, golden: Buffer | null): Promise<Difference> {
  return page.evaluate(
    async ([shot, kept, shrink]) => {
      const pixels = async (
        base64: string,
        by: number,
      ): Promise<{ canvas: HTMLCanvasElement; data: Uint8ClampedArray }> => {
        const image = new Image()
        image.src = `data:image/png;base64,${base64}`
        await image.decode()
        const canvas = document.createElement('canvas')
        canvas.width = Math.round(image.width / by)
        canvas.height = Math.round(image.height / by)
        const context = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D
        context.imageSmoothingQuality = 'high'
        context.drawImage(image, 0, 0, canvas.width, canvas.height)
        return { canvas, data: context.getImageData(0, 0, canvas.width, canvas.height).data }
      }
      const now = await pixels(shot, shrink)
      const small = now.canvas.toDataURL('image/png').split(',')[1] ?? ''
      if (kept === null) return { small, mean: null, changed: 100 }
      const before = await pixels(kept, 1)
      if (before.data.length !== now.data.length) return { small, mean: null, changed: 100 }
      let sum = 0
      let changed = 0
      for (let at = 0; at < now.data.length; at += 4) {
        const off = [0, 1, 2].map((channel) =>
          Math.abs((now.data[at + channel] ?? 0) - (before.data[at + channel] ?? 0)),
        )
        sum += off.reduce((total, value) => total + value, 0) / 3
        if (Math.max(...off) > 48) changed++
      }
      const points = now.data.length / 4
      return { small, mean: sum / points, changed: (100 * changed) / points }
    },
    [picture.toString('base64'), golden?.toString('base64') ?? null, SHRINK] as const,
  )
}

describeInBrowser('each view looks as it did', (browser) => {
  it('in a light, a dark and a narrow window', async () => {
    const { page, fake } = await openFake(browser(), '', { reducedMotion: 'reduce' })
    // In a window of its own: the pictures of a tab that another one hides take a second each.
    const { page: blank } = await open(browser(), 'about:blank')
    const broken: [string, number, number][] = []
    for (const [view, place] of Object.entries(VIEWS)) {
      await page.goto(`${fake.url}#/${place}`)
      await settled(page)
      if (view === 'boards') await example(page)
      await page.locator('.live.is-live').waitFor()
      for (const [mode, { colorScheme, size }] of Object.entries(MODES)) {
        await page.emulateMedia({ colorScheme })
        await page.setViewportSize(size)
        await drawn(page)
        const path = join(GOLDEN, `${view}-${mode}.png`)
        const golden = existsSync(path) ? readFileSync(path) : null
        const picture = await page.screenshot({ animations: 'disabled' })
        const { small, mean, changed } = await compare(blank, picture, golden)
        if (process.env['UPDATE_SCREENSHOTS'] === '1') {
          mkdirSync(GOLDEN, { recursive: true })
          writeFileSync(path, Buffer.from(small, 'base64'))
        } else if (mean === null || mean > 6 || changed > 3) {
          broken.push([`${view}-${mode}`, mean ?? Infinity, changed])
        }
      }
    }
    expect(broken).toEqual([])
  })
})

async function example(page: Page): Promise<void> {
  const begin = page.getByRole('button', { name: 'Begin with an example' })
  if ((await begin.count()) > 0) await begin.click()
  await page.getByRole('list', { name: 'Slowest features' }).waitFor()
  await settled(page)
}

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInBrowser } from '../support/browser.js'
import { ROOT } from '../support/child.js'
import { NOW, TRACE_ID } from './fake/records.js'
import { openFake, settled } from './support.js'

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

const MODES: Readonly<Record<string, BrowserContextOptions>> = {
  light: {},
  dark: { colorScheme: 'dark' },
  narrow: { viewport: { width: 360, height: 740 } },
}

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
        const context = canvas.getContext('2d') as CanvasRenderingContext2D
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
  it.each(Object.keys(MODES))('%s', async (mode) => {
    const { page, fake } = await openFake(browser(), '', { ...MODES[mode], reducedMotion: 'reduce' })
    const blank = await page.context().newPage()
    const worst: [string, number, number][] = []
    for (const [view, place] of Object.entries(VIEWS)) {
      const shown = await page.context().newPage()
      await shown.clock.setFixedTime(NOW)
      await shown.goto(`${fake.url}#/${place}`)
      await settled(shown)
      if (view === 'boards') await example(shown)
      await shown.locator('.live.is-live').waitFor()
      const picture = await shown.screenshot({ animations: 'disabled' })
      const path = join(GOLDEN, `${view}-${mode}.png`)
      const golden = existsSync(path) ? readFileSync(path) : null
      const { small, mean, changed } = await compare(blank, picture, golden)
      if (process.env['UPDATE_SCREENSHOTS'] === '1') {
        mkdirSync(GOLDEN, { recursive: true })
        writeFileSync(path, Buffer.from(small, 'base64'))
      } else {
        worst.push([view, mean ?? Infinity, changed])
      }
      await shown.close()
    }
    const broken = worst.filter(([, mean, changed]) => mean > 6 || changed > 3)
    expect(broken).toEqual([])
  })
})

async function example(page: Page): Promise<void> {
  const begin = page.getByRole('button', { name: 'Begin with an example' })
  if ((await begin.count()) > 0) await begin.click()
  await page.getByRole('list', { name: 'Slowest features' }).waitFor()
  await settled(page)
}

import { expect, it } from 'vitest'
import { describeInBrowser } from '../support/browser.js'
import { TRACE_ID } from './fake/records.js'
import { openFake, seriousViolations, settled } from './support.js'

const VIEWS = ['overview', 'feature?name=chat_completion', 'records', `trace?id=${TRACE_ID}`, 'boards', 'health']

describeInBrowser('everybody', (browser) => {
  it.each([
    ['light', undefined],
    // The same page in other colours.
    ['dark', ['color-contrast']],
  ] as const)('can use each view: axe finds nothing serious (%s)', async (colorScheme, rules) => {
    const { page, fake } = await openFake(browser(), '', { colorScheme, reducedMotion: 'reduce' })
    for (const view of VIEWS) {
      await page.goto(`${fake.url}#/${view}`)
      await settled(page)
      const begin = page.getByRole('button', { name: 'Begin with an example' })
      if (view === 'boards' && (await begin.count()) > 0) {
        await begin.click()
        await page.getByRole('heading', { name: 'Slowest features' }).waitFor()
        await settled(page)
      }
      if (view === 'records') await page.locator('.rows-body .row').nth(2).click()
      await settled(page)
      expect(await seriousViolations(page, rules), view).toEqual([])
    }
    await page.getByRole('button', { name: /Time range/ }).click()
    expect(await seriousViolations(page, rules), 'time range').toEqual([])
    await page.keyboard.press('Escape')
  })

  it('can do without a mouse', async () => {
    const { page } = await openFake(browser(), '')
    await settled(page)
    const press = async (...keys: string[]): Promise<void> => {
      for (const key of keys) await page.keyboard.press(key)
    }
    await press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('Skip')
    await press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')

    // A part of the time, from the chart.
    await page.getByRole('application').first().focus()
    await press('Home', 'ArrowRight', 'ArrowRight')
    await page.locator('.tooltip', { hasText: 'Success' }).waitFor()
    await press('Shift+ArrowRight', 'Shift+ArrowRight', 'Enter')
    await expect.poll(() => page.url()).toContain('until=')

    // A menu, and back from it.
    await page.getByRole('button', { name: 'Menu of Calls over time' }).focus()
    await press('Enter', 'ArrowDown')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Save as CSV')
    await press('Escape')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
      'Menu of Calls over time',
    )

    // The time range.
    await page.getByRole('button', { name: /Time range/ }).focus()
    await press('Enter', 'Tab', 'Tab', 'Enter')
    await expect.poll(() => page.url()).toContain('since=24h')

    // Records: rows, one of them, back, and its trace.
    await page.getByRole('link', { name: 'Records', exact: true }).focus()
    await press('Enter')
    await settled(page)
    await page.getByRole('grid').focus()
    await press('ArrowDown', 'ArrowDown', 'PageDown', 'Home', 'ArrowDown', 'Enter')
    await page.getByRole('complementary', { name: 'Record' }).waitFor()
    await press('Escape')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('grid')
    await press('Enter')
    await page.getByRole('complementary', { name: 'Record' }).getByRole('link', { name: /trace/i }).waitFor()
    await press('Tab', 'Tab', 'Tab', 'Enter')

    // The tree of a trace: closed and opened again.
    const tree = page.getByRole('treegrid')
    await tree.focus()
    await press('Home', 'ArrowLeft')
    await expect.poll(() => tree.getByRole('row').count()).toBe(2)
    await press('ArrowRight')
    await expect.poll(() => tree.getByRole('row').count()).toBe(9)
    await press('ArrowDown', 'ArrowDown', 'Enter')
    await page.getByRole('complementary').getByRole('heading', { name: 'open_file' }).waitFor()
  })

  it('finds the page ready for the next key, however fast it comes', async () => {
    const { page } = await openFake(browser(), '#/records?since=7d')
    await settled(page)
    await page.getByRole('button', { name: /Time range/ }).click()
    const preset = page.getByRole('button', { name: 'Last 24 hours', exact: true })
    // No task of the browser's lies between the click and what is read.
    const link = await preset.evaluate(async (button: HTMLElement) => {
      button.click()
      for (let turn = 0; turn < 5; turn++) await Promise.resolve()
      return [...document.querySelectorAll('nav a')].map((tab) => tab.getAttribute('href'))
    })
    expect(link).toContain('#/records?since=24h')
    await settled(page)
    const row = page.locator('.rows-body .row').nth(1)
    const focused = await row.evaluate(async (element: HTMLElement) => {
      element.click()
      for (let turn = 0; turn < 5; turn++) await Promise.resolve()
      return document.activeElement?.textContent
    })
    expect(focused).toBe('Record')
  })

  it.each([360, 820])('can use each view at %d pixels: nothing is wider than the window', async (width) => {
    const { page, fake } = await openFake(browser(), '', { viewport: { width, height: 740 } })
    for (const view of VIEWS) {
      await page.goto(`${fake.url}#/${view}`)
      await settled(page)
      const [scrollWidth, clientWidth] = await page.evaluate(() => {
        const { scrollWidth: whole, clientWidth: seen } = document.documentElement
        return [whole, seen] as const
      })
      expect(scrollWidth, view).toBeLessThanOrEqual(clientWidth)
    }
    await page.getByRole('button', { name: /Time range/ }).click()
    const box = await page.getByRole('dialog', { name: /Time range/ }).boundingBox()
    expect(box?.x).toBeGreaterThanOrEqual(0)
  })
})

import { expect, it } from 'vitest'
import { describeInBrowser } from '../support/browser.js'
import { NOW, TRACE_ID, aRecord, timeText } from './fake/records.js'
import { openFailedCall, openFake, settled } from './support.js'

describeInBrowser('the dashboard', (browser) => {
  it('leads from a number to the feature, its failed calls, the trace and its records', async () => {
    const { page, complaints, foreign, fake } = await openFake(browser(), '')
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    await page
      .getByRole('region', { name: 'Top features' })
      .last()
      .getByRole('link', { name: 'chat_completion' })
      .click()
    await page.locator('.thing-title', { hasText: 'chat_completion' }).waitFor()
    for (const name of ['Latency', 'Errors', 'Efficiency', 'Sizes', 'Users', 'Slowest calls', 'Duration over time']) {
      await page.getByRole('heading', { name, exact: true }).waitFor()
    }
    await openFailedCall(page)
    expect(await page.getByRole('treegrid').getByRole('row').count()).toBe(9)
    await page.getByRole('complementary').getByText('the step ended timeout').waitFor()
    await page.getByRole('link', { name: 'As a table' }).click()
    await page.getByText('8 records').waitFor()
    expect(new URL(page.url()).hash).toContain(`trace=${TRACE_ID}`)
    await page.goBack()
    await page.getByRole('treegrid').waitFor()
    expect(complaints).toEqual([])
    expect(foreign).toEqual([])
    expect(fake.asked.filter((path) => !path.startsWith('/some/prefix/'))).toEqual([])
  })

  it('filters the records, keeps the filters in the address, and asks for more as one scrolls', async () => {
    const { page, fake } = await openFake(browser(), '#/records?since=7d')
    await settled(page)
    await page.getByLabel('Status').selectOption('failed')
    await page.getByLabel('Error has').fill('refused')
    await expect.poll(() => page.url()).toContain('error=refused')
    await expect.poll(() => page.locator('.rows-body .row').allInnerTexts()).not.toContain('Success')
    await expect
      .poll(async () => (await page.locator('.rows-body .row').allInnerTexts()).every((row) => row.includes('refused')))
      .toBe(true)
    await page.reload()
    await settled(page)
    expect(await page.getByLabel('Error has').inputValue()).toBe('refused')
    await page.getByRole('link', { name: 'Clear 2 filters' }).click()
    await page.getByText('200 or more records').waitFor()
    await page.getByRole('grid').evaluate((grid) => grid.scrollTo(0, 1e6))
    await expect.poll(() => fake.asked.some((path) => path.includes('cursor=200'))).toBe(true)
    await page.getByText('400 or more records').waitFor()
    expect(await page.locator('.rows-body .row').count()).toBeLessThan(80)
    await page.getByLabel('Order').selectOption('slowest')
    await expect.poll(async () => page.locator('.rows-body .row').first().innerText()).toMatch(/crew/)
  })

  it('shows a new call, and asks for the sums anew', async () => {
    const { page, fake } = await openFake(browser(), '')
    await settled(page)
    await page.locator('.live.is-live').waitFor()
    fake.add(aRecord({ feature_name: 'just_now', start_time: timeText(NOW - 1000) }))
    await page.getByRole('region', { name: 'Latest calls' }).last().getByText('just_now').waitFor()
    await page.locator('.figure-value', { hasText: '893' }).waitFor()
    await page.getByRole('region', { name: 'Top features' }).last().getByText('just_now').waitFor()
    await page.getByRole('button', { name: 'Live updates' }).click()
    await page.getByRole('button', { name: 'Paused' }).waitFor()
    fake.add(aRecord({ feature_name: 'while_paused', start_time: timeText(NOW - 500) }))
    await page.waitForTimeout(300)
    expect(await page.getByText('while_paused').count()).toBe(0)
    await page.getByRole('button', { name: 'Paused' }).click()
    await page.getByRole('region', { name: 'Top features' }).last().getByText('while_paused').waitFor()
    await page.locator('.figure-value', { hasText: '894' }).waitFor()
  })

  it('announces new records without moving those that one reads', async () => {
    const { page, fake } = await openFake(browser(), '#/records')
    await settled(page)
    await page.locator('.live.is-live').waitFor()
    fake.add(aRecord({ feature_name: 'just_now', start_time: timeText(NOW - 1000) }))
    await page.getByRole('button', { name: 'Show 1 new' }).click()
    await page.locator('.rows-body .row').first().getByText('just_now').waitFor()
  })

  it('takes a time from a chart by dragging, and from presets; a link keeps it', async () => {
    const { page } = await openFake(browser(), '')
    await settled(page)
    const plot = await page.locator('.plot .u-over').first().boundingBox()
    if (plot === null) throw new Error('there is no plot')
    await page.mouse.move(plot.x + plot.width * 0.3, plot.y + 40)
    await page.mouse.down()
    await page.mouse.move(plot.x + plot.width * 0.6, plot.y + 60, { steps: 5 })
    await page.mouse.up()
    await expect.poll(() => page.url()).toMatch(/since=2026-11-2\dT.*until=2026-11-24T/)
    await page.getByRole('button', { name: /Time range/ }).click()
    await page.getByRole('button', { name: 'Last 7 days' }).click()
    await expect.poll(() => page.url()).toContain('since=7d')
    await page.getByRole('button', { name: /Time range/ }).click()
    await page.getByRole('combobox', { name: 'Time zone' }).selectOption('Asia/Tokyo')
    await page.keyboard.press('Escape')
    await page.getByRole('link', { name: 'Records', exact: true }).click()
    expect(page.url()).toMatch(/records\?since=7d&tz=Asia%2FTokyo/)
    await page.locator('.rows-body .row', { hasText: '00:29:04' }).waitFor()
  })

  it('saves a chart as CSV and PNG, and shows it as a table', async () => {
    const { page } = await openFake(browser(), '')
    await settled(page)
    const menu = page.getByRole('button', { name: 'Menu of Calls over time' })
    const saved = async (item: string): Promise<string> => {
      await menu.click()
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('menuitem', { name: item }).click(),
      ])
      return download.suggestedFilename()
    }
    expect(await saved('Save as CSV')).toBe('Calls-over-time.csv')
    expect(await saved('Save as PNG')).toBe('Calls-over-time.png')
    await menu.click()
    await page.getByRole('menuitem', { name: 'Show as table' }).click()
    await page
      .getByRole('region', { name: 'Table of Calls over time' })
      .getByRole('columnheader', { name: 'Timeout' })
      .waitFor()
  })
})

import { expect, it } from 'vitest'
import type { CallRecord, Category, Status } from '../../src/server/contract.js'
import { describeInBrowser } from '../support/browser.js'
import { cases } from '../support/thorough.js'
import { NOW, aRecord, timeText } from './fake/records.js'
import { PAYLOADS } from './payloads.js'
import { openFake, settled } from './support.js'

/** A record that has a payload wherever text can be. */
function hostile(payload: string, index: number): CallRecord {
  return aRecord({
    feature_name: payload,
    category: (index % 3 === 0 ? payload : 'other') as Category,
    status: (index % 4 === 0 ? payload : 'failed') as Status,
    duration: 1 + index / 100,
    start_time: timeText(NOW - 1000 * (index + 1)),
    metadata: { [payload]: payload, nested: { [payload]: [payload] } },
    user_id: payload,
    session_id: payload,
    error_message: `${payload} number ${index}`,
    trace_id: 'ab'.repeat(16),
    span_id: index.toString(16).padStart(16, '0'),
    parent_span_id: index === 0 ? null : (index - 1 - (index % 2)).toString(16).padStart(16, '0'),
  })
}

describeInBrowser('text from elsewhere', (browser) => {
  it('is shown and never run: 200 payloads in every column and name of an attribute, in every view', async () => {
    expect(new Set(PAYLOADS).size).toBe(200)
    const records = PAYLOADS.map(hostile)
    const { page, fake, complaints, foreign } = await openFake(browser(), '', {
      records,
      viewport: { width: 1280, height: 4000 },
    })
    const hacked = (): Promise<unknown> => page.evaluate(() => (globalThis as { hacked?: unknown }).hacked ?? null)
    await settled(page)
    await page.getByRole('button', { name: 'Show up to 500' }).click()
    await expect.poll(() => page.locator('table.features tbody tr').count()).toBe(200)
    const names = await page.locator('table.features tbody a').allTextContents()
    expect(new Set(names)).toEqual(new Set(PAYLOADS))

    for (const payload of PAYLOADS.filter((_, index) => index % cases(67, 19) === 0)) {
      await page.goto(`${fake.url}#/feature?${new URLSearchParams({ name: payload }).toString()}`)
      await settled(page)
      expect(await page.locator('.thing-title').textContent()).toBe(payload)
    }
    const [first] = records
    await page.goto(`${fake.url}#/records?record=${first?.record_id}`)
    await page.locator('.facts-all').waitFor()
    await page.goto(`${fake.url}#/trace?id=${first?.trace_id}`)
    await page.getByRole('treegrid').waitFor()
    for (const row of await page.locator('.rows-body .row').all()) await row.hover()
    await page.goto(`${fake.url}#/boards`)
    await page.getByRole('button', { name: 'Begin with an example' }).click()
    await page.getByRole('list', { name: 'Slowest features' }).waitFor()
    for (const payload of PAYLOADS.slice(0, cases(4, 20))) {
      await page.goto(
        `${fake.url}#/records?${new URLSearchParams({ feature: payload, error: payload, user: payload, tz: payload, since: payload }).toString()}`,
      )
      await settled(page)
    }
    expect(await hacked()).toBe(null)
    expect(
      await page
        .locator('main script, main iframe, main img, main object, main embed, main [onerror], main [onload]')
        .count(),
    ).toBe(0)
    expect(complaints).toEqual([])
    expect(foreign).toEqual([])
    console.log(`${PAYLOADS.length} payloads in 8 columns and in names of attributes: none ran`)
  })
})

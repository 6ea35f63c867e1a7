import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInBrowser } from '../support/browser.js'
import { NOW, aRecord, timeText } from './fake/records.js'
import { openFake, settled } from './support.js'

describeInBrowser('states that say what to do', (browser) => {
  it('without a database: the first steps, and then the first call by itself', async () => {
    const { page, fake } = await openFake(browser(), '', {
      records: [aRecord({ feature_name: 'the_first', start_time: timeText(NOW - 1000) })],
      before: (server) => server.fail(503, 'no_database', 'Nothing has been tracked yet.'),
    })
    await page.getByText('Nothing has been tracked yet').first().waitFor()
    await page.getByText('trackFeature(').waitFor()
    for (const view of ['records', 'feature?name=a']) {
      await page.goto(`${fake.url}#/${view}`)
      await page.getByText('Nothing has been tracked yet').first().waitFor()
    }
    await page.goto(`${fake.url}#/overview`)
    await page.getByText('Nothing has been tracked yet').first().waitFor()
    await expect.poll(() => fake.asked.filter((path) => path.endsWith('/live')).length).toBeGreaterThan(0)
    fake.fail(200, null)
    await page.getByRole('region', { name: 'Top features' }).last().getByText('the_first').waitFor()
  })

  it.each([
    ['overview', (page: Page) => page.getByRole('region', { name: 'Top features' }).last().getByText('the_first')],
    ['records', (page: Page) => page.locator('.rows-body .row').getByText('the_first')],
  ])('the first call while the %s still waits for an answer from before it', async (view, shown) => {
    const { page, fake } = await openFake(browser(), '#/nowhere', {
      records: [aRecord({ feature_name: 'the_first', start_time: timeText(NOW - 1000) })],
      before: (server) => server.fail(503, 'no_database', 'Nothing has been tracked yet.'),
    })
    const told = () => fake.asked.filter((path) => /api\/(stats|records)/.test(path)).length
    await expect.poll(() => fake.asked.filter((path) => path.endsWith('/live')).length).toBeGreaterThan(0)
    const answer = fake.hold()
    const before = told()
    await page.goto(`${fake.url}#/${view}`)
    await expect.poll(told).toBeGreaterThan(before)
    fake.fail(200, null)
    await page.waitForTimeout(300)
    answer()
    await shown(page).first().waitFor()
  })

  it('without calls in the time: wider ones are offered', async () => {
    const { page } = await openFake(browser(), '#/overview?since=1h', {
      records: [aRecord({ start_time: timeText(NOW - 7_200_000) })],
    })
    await page.getByText('No calls in this time: Last hour').waitFor()
    await page.getByRole('link', { name: 'Last 6 hours' }).click()
    await page.locator('.figure-value', { hasText: '1' }).first().waitFor()
  })

  it('filters that leave nothing can be cleared', async () => {
    const { page } = await openFake(browser(), '#/records?feature=nothing&status=failed')
    await page.getByText('The filters leave none over').waitFor()
    await page.getByRole('link', { name: 'Without filters' }).click()
    await page.locator('.rows-body .row').first().waitFor()
  })

  it('charts change between light and dark in one frame with the page', async () => {
    const { page } = await openFake(browser(), '#/feature?name=chat_completion')
    await settled(page)
    const anew = page.evaluate(
      () =>
        new Promise<boolean>((resolve) => {
          const before = [...document.querySelectorAll('.plot canvas')]
          matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
            // Of the same frame: what is drawn by then is shown with the new colours of the page.
            requestAnimationFrame(() => {
              resolve(before.length > 0 && before.every((canvas) => !canvas.isConnected))
            })
          })
        }),
    )
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await anew).toBe(true)
  })

  it('places where nothing is', async () => {
    const { page, fake } = await openFake(browser(), '')
    for (const [place, title, text] of [
      ['feature?name=nobody', 'No such feature', 'Look at the overview'],
      ['trace?id=ffff', 'No such trace', 'There is no trace ffff'],
      ['records?record=ffff', 'No such record', 'There is no record ffff'],
      ['nowhere', 'There is no such view', 'To the overview'],
      ['feature', 'No feature is chosen', 'Choose one'],
      ['trace', 'No trace is chosen', 'Choose a record'],
      ['boards?board=gone', 'No boards yet', 'Begin with an example'],
    ] as const) {
      await page.goto(`${fake.url}#/${place}`)
      await page.getByText(title).waitFor()
      await page.getByText(text).first().waitFor()
    }
  })

  it('what the server refuses is told in its words, and can be tried again', async () => {
    const { page, fake } = await openFake(browser(), '', {
      before: (server) => server.fail(503, 'timeout', 'The question took longer than 5 s.', 'Ask for less.'),
    })
    await page.getByText('The question took longer than 5 s.').first().waitFor()
    await page.getByText('Ask for less.').first().waitFor()
    fake.fail(200, null)
    await page.getByRole('button', { name: 'Try again' }).first().click()
    await page.locator('.figures').waitFor()
  })

  it('a server that is gone is told of, what was there stays, and comes back by itself', async () => {
    const { page, fake } = await openFake(browser(), '')
    await settled(page)
    await fake.close()
    await page.getByRole('button', { name: 'Reconnecting' }).waitFor()
    expect(await page.locator('.figures').count()).toBe(1)
    await page.getByRole('link', { name: 'Records', exact: true }).click()
    await page.getByText('The dashboard’s server does not answer.').waitFor()
  })

  it('a token is asked for, and taken', async () => {
    const { page } = await openFake(browser(), '', { before: (server) => server.requireToken('sesame-sesame-sesame') })
    await page.getByLabel('Token').fill('wrong')
    await page.getByRole('button', { name: 'Open' }).click()
    await page.getByText('This is not the token.').waitFor()
    await page.getByLabel('Token').fill('sesame-sesame-sesame')
    await page.getByRole('button', { name: 'Open' }).click()
    await settled(page)
    await page.locator('.live.is-live').waitFor()
    expect(page.url()).not.toContain('sesame')
  })
})

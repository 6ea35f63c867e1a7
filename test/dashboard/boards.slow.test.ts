import { expect, it } from 'vitest'
import { describeInBrowser } from '../support/browser.js'
import { openFake, settled } from './support.js'

describeInBrowser('boards', (browser) => {
  it('are put together by hand, stored by the server, and found again by their link', async () => {
    const { page, fake, complaints } = await openFake(browser(), '#/boards')
    await page.getByRole('button', { name: 'Begin with an example' }).click()
    await page.getByRole('heading', { name: 'Calls by feature' }).waitFor()
    expect(fake.widgets().pages[0]?.widgets.length).toBe(6)

    await page.getByRole('button', { name: 'Add a widget' }).click()
    const dialog = page.getByRole('dialog', { name: 'New widget' })
    await dialog.getByLabel('Title').fill('Failures of each category')
    await dialog.getByLabel('Measure').selectOption('failure_count')
    await dialog.getByLabel('Drawn as').selectOption('bar')
    await dialog.getByLabel('For each').selectOption('category')
    await dialog.getByRole('list', { name: /Failures/ }).waitFor()
    await dialog.getByRole('button', { name: 'Add' }).click()
    await dialog.waitFor({ state: 'detached' })
    const added = fake.widgets().pages[0]?.widgets.at(-1)
    expect(added).toMatchObject({ kind: 'bar', measure: 'failure_count', group_by: 'category', bucket: null })

    await page.getByRole('button', { name: 'Menu of Failures of each category' }).click()
    await page.getByRole('menuitem', { name: 'Move forward' }).click()
    await expect.poll(() => fake.widgets().pages[0]?.widgets[5]?.id).toBe(added?.id)

    await page.getByRole('button', { name: /Menu of the board/ }).click()
    await page.getByRole('menuitem', { name: 'Rename' }).click()
    await page.getByRole('textbox', { name: 'Name of the board' }).fill('Ours')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'Ours' }).waitFor()

    const again = await page.context().newPage()
    await again.goto(`${fake.url}#/boards?board=${fake.widgets().pages[0]?.id}`)
    await again.getByRole('heading', { name: 'Failures of each category' }).waitFor()
    expect(complaints).toEqual([])
  })

  it('are changed by two at once without loss', async () => {
    const { page, fake } = await openFake(browser(), '#/boards')
    await page.getByRole('button', { name: 'Begin with an example' }).click()
    await page.getByRole('heading', { name: 'Calls by feature' }).waitFor()
    const other = await page.context().newPage()
    await other.goto(`${fake.url}#/boards`)
    await settled(other)
    await other.getByRole('button', { name: 'New board' }).click()
    await other.getByText('This board is empty').waitFor()
    // The first page still has what the server had before.
    await page.getByRole('button', { name: 'Menu of Users' }).click()
    await page.getByRole('menuitem', { name: 'Remove' }).click()
    await expect.poll(() => fake.widgets().pages[0]?.widgets.length).toBe(5)
    expect(fake.widgets().pages.map(({ title }) => title)).toEqual(['My board', 'New board'])
  })

  it('lead on to what they show', async () => {
    const { page } = await openFake(browser(), '#/boards')
    await page.getByRole('button', { name: 'Begin with an example' }).click()
    await page.getByRole('list', { name: 'Slowest features' }).getByRole('link', { name: 'run_command' }).click()
    await page.locator('.thing-title', { hasText: 'run_command' }).waitFor()
  })
})

import { describe, expect, it, onTestFinished } from 'vitest'
import { FeatureTrackerDB, openReader } from '../../src/store/index.js'
import { copyOfOriginal, sql } from '../support/original.js'
import { record } from '../support/records.js'
import { CORPUS } from '../support/sql-corpus.js'

describe('text in a filter that looks like SQL', () => {
  it('finds nothing, is refused or counts as text, and leaves rows and schema as they were', async () => {
    const path = copyOfOriginal()
    const reader = openReader(path)
    onTestFinished(() => reader.close())
    const state = () => [
      sql(path, 'SELECT * FROM feature_usage ORDER BY id'),
      sql(path, 'SELECT * FROM sqlite_master ORDER BY name'),
    ]
    const before = state()
    for (const text of CORPUS)
      for (const field of [
        'featureName',
        'category',
        'status',
        'userId',
        'since',
        'until',
        'limit',
        'orderBy',
        '__proto__',
      ])
        for (const ask of ['getRecords', 'getUsageStats', 'getTopFeatures'] as const) {
          const query = JSON.parse(`{${JSON.stringify(field)}: ${JSON.stringify(text)}}`) as object
          const answer = await reader[ask](query).catch((error: unknown) => error)
          if (['featureName', 'userId'].includes(field)) expect(countOf(answer), `${field} ${text}`).toBe(0)
          else if (!['orderBy', '__proto__'].includes(field) && !(ask === 'getUsageStats' && field === 'limit'))
            expect(answer, `${field} ${text}`).toBeInstanceOf(Error)
        }
    expect(state()).toEqual(before)
  })

  it('is stored and found as it is', async () => {
    const path = copyOfOriginal()
    const db = new FeatureTrackerDB(path)
    onTestFinished(() => db.close())
    await db.insertRecords(
      CORPUS.map((text) =>
        record({ featureName: text, userId: text, sessionId: text, errorMessage: text, metadata: { [text]: text } }),
      ),
    )
    for (const text of CORPUS)
      for (const found of [await db.getRecords({ featureName: text }), await db.getRecords({ userId: text })])
        expect(found).toMatchObject([
          { featureName: text, userId: text, sessionId: text, errorMessage: text, metadata: { [text]: text } },
        ])
    expect((await db.getUsageStats()).totalCalls).toBe(160 + CORPUS.length)
  })
})

function countOf(answer: unknown): number {
  return Array.isArray(answer) ? answer.length : (answer as { totalCalls: number }).totalCalls
}

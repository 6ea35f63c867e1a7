import { describe, expect, it } from 'vitest'
import { nodeJson } from '../support/child.js'
import { DRAFT_SOURCE } from '../support/drafts.js'
import { sql } from '../support/original.js'
import { tempDatabase } from '../support/temp.js'

const RECORDS = 100_000

const PROGRAM = `
  import { SqliteWriter } from '@cloudcurio/feature-tracking/store'
  ${DRAFT_SOURCE}
  const writer = new SqliteWriter(process.argv[1])
  const given = draft({ userId: 'ada' })
  const before = process.memoryUsage.rss()
  const start = performance.now()
  for (let n = 1; n <= ${RECORDS}; n++) { writer.add(given); if (n % 100 === 0) writer.send() }
  const micros = (performance.now() - start) * 1000 / ${RECORDS}
  let most = process.memoryUsage.rss()
  const watch = setInterval(() => { most = Math.max(most, process.memoryUsage.rss()) }, 5)
  await writer.flush()
  clearInterval(watch)
  const { stored, dropped } = writer.health()
  await writer.close()
  console.log(JSON.stringify({ stored, dropped, micros, megabytes: (most - before) / 1e6 }))`

describe('R4: a burst in one synchronous loop', () => {
  it(`of ${RECORDS} records: none is dropped, and memory stays bounded`, async () => {
    const path = tempDatabase()
    const { stored, dropped, micros, megabytes } = await nodeJson<{
      stored: number
      dropped: object
      micros: number
      megabytes: number
    }>(PROGRAM, { args: [path] })
    console.log(
      `R4: ${stored} of ${RECORDS} stored, dropped ${JSON.stringify(dropped)}, RSS + ${megabytes.toFixed(0)} MB, ${micros.toFixed(2)} µs a record`,
    )
    expect({ stored, dropped }).toEqual({ stored: RECORDS, dropped: {} })
    expect(sql(path, 'SELECT count(*) AS n FROM feature_usage')).toEqual([{ n: RECORDS }])
    expect(megabytes).toBeLessThanOrEqual(200)
  })
})

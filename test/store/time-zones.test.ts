import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { nodeJson } from '../support/child.js'

/**
 * A file that both write: rows of the original in local time without an offset, ours in UTC, one an hour after the
 * other by turns. Text order is not time order here.
 */
const PROGRAM = `
  import { FeatureTrackerDB, openReader, SqliteWriter } from '@cloudcurio/feature-tracking/store'
  import { completeRecord, localTimeText, timeText } from './dist/src/record/index.js'
  const path = process.argv[1]
  const first = Date.UTC(2026, 2, 10) * 1000
  const HOUR = 3_600_000_000
  const records = Array.from({ length: 24 }, (_, index) => {
    const start = first + index * HOUR
    const record = completeRecord({ featureName: 'f' + index, category: 'other', status: 'success', startTime: start / 1000 })
    return index % 2 === 0 ? record : { ...record, startTime: localTimeText(start), endTime: localTimeText(start) }
  })
  const writer = new SqliteWriter(path)
  await writer.insertRecords(records)
  await writer.close()
  const reader = openReader(path)
  const names = async (query) => (await reader.getRecords(query)).map((record) => Number(record.featureName.slice(1)))
  const noon = (first + 12 * HOUR) / 1000
  const { firstCall, lastCall } = await reader.getUsageStats()
  console.log(JSON.stringify({
    all: await names(), latest: await names({ limit: 5 }), since: await names({ since: noon }), until: await names({ until: noon }),
    firstCall, lastCall,
  }))
  await reader.close()`

interface Answer {
  all: number[]
  latest: number[]
  since: number[]
  until: number[]
  firstCall: string
  lastCall: string
}

describe.each(['UTC', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland'])(
  'in %s the times of a file that the original and we write',
  (zone) => {
    const down = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, index) => from - index)
    let answer: Answer
    beforeAll(async () => {
      const folder = mkdtempSync(join(tmpdir(), 'feature-tracking-'))
      answer = await nodeJson<Answer>(PROGRAM, { args: [join(folder, 'usage.db')], env: { TZ: zone } })
      rmSync(folder, { recursive: true })
    })

    it('are filtered by instant', () => {
      expect(answer).toMatchObject({ since: down(23, 12), until: down(11, 0) })
    })

    it('are ordered by instant', () => {
      expect(answer.all).toEqual(down(23, 0))
    })

    it('are limited to the latest instants', () => {
      expect(answer.latest).toEqual(down(23, 19))
    })

    it('have the first and the last instant in the sums', () => {
      expect(answer).toMatchObject({
        firstCall: '2026-03-10T00:00:00.000000+00:00',
        lastCall: '2026-03-10T23:00:00.000000+00:00',
      })
    })
  },
)

import { describe, expect, it } from 'vitest'
import { nodeJson } from '../support/child.js'
import { sql } from '../support/original.js'
import { tempDatabase } from '../support/temp.js'

/** The full soak is SOAK_RECORDS=10000000. */
const RECORDS = Number(process.env['SOAK_RECORDS'] ?? 1_000_000)

const MB = 1024 * 1024

/** Memory is flat when its end is at most this share and these megabytes above what it was after a tenth. */
const MAX_SHARE = 1.2
const MAX_MORE = 20

/** A transaction that is under way may pass the limit of the write-ahead log by so much. */
const MAX_WAL = 64 * MB * 1.05

/** A flush every few thousand records is all that keeps the loop from running ahead of the disk. */
const PROGRAM = `
  import { statSync } from 'node:fs'
  import { FeatureTracker } from '@cloudcurio/feature-tracking'
  const [dbPath, records] = [process.argv[1], Number(process.argv[2])]
  const tracker = new FeatureTracker({ dbPath })
  const work = Array.from({ length: 40 }, (_, n) =>
    tracker.trackFeature('feature ' + n, 'other', { userId: (made) => 'user ' + (made % 5000) })((made) => made))
  let wal = 0
  const look = () => { wal = Math.max(wal, statSync(dbPath + '-wal', { throwIfNoEntry: false })?.size ?? 0) }
  const watch = setInterval(look, 20)
  const marks = [0.1, 0.5, 1].map((share) => Math.floor(records * share))
  const rss = []
  for (let made = 1; made <= records; made++) {
    work[made % 40](made)
    if (made % 4000 === 0) { await tracker.flush(); look() }
    if (made === marks[rss.length]) rss.push(process.memoryUsage.rss() / 1e6)
  }
  await tracker.flush()
  look()
  clearInterval(watch)
  const { totalCalls } = await tracker.getUsageStats()
  const { events } = tracker.health()
  await tracker.shutdown()
  console.log(JSON.stringify({ rss, wal, totalCalls, events }))`

interface Soaked {
  /** Megabytes at 10 %, 50 % and 100 % of the records. */
  rss: [number, number, number]
  /** Bytes of the largest write-ahead log that was seen. */
  wal: number
  totalCalls: number
  events: object
}

describe('R17: soak', () => {
  it(
    `${RECORDS} records at full speed: memory is flat, the write-ahead log bounded, all are stored`,
    async () => {
      const path = tempDatabase()
      const start = performance.now()
      const { rss, wal, totalCalls, events } = await nodeJson<Soaked>(PROGRAM, { args: [path, String(RECORDS)] })
      const seconds = (performance.now() - start) / 1000
      console.log(
        `R17: ${totalCalls} of ${RECORDS} stored in ${seconds.toFixed(0)} s, RSS ${rss.map(Math.round).join(', ')} MB at 10, 50, 100 %, WAL at most ${(wal / MB).toFixed(1)} MB`,
      )
      expect(events).toEqual({})
      expect(totalCalls).toBe(RECORDS)
      expect(sql(path, 'SELECT count(*) AS n FROM feature_usage')).toEqual([{ n: RECORDS }])
      expect(wal).toBeLessThanOrEqual(MAX_WAL)
      expect(rss[2]).toBeLessThanOrEqual(rss[0] * MAX_SHARE + MAX_MORE)
    },
    // A busy machine stores some 2000 records a second.
    60_000 + RECORDS / 2,
  )
})

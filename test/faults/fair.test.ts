import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SqliteWriter } from '../../src/store/index.js'
import { nodeJson } from '../support/child.js'
import { DRAFT_SOURCE } from '../support/drafts.js'
import { sql } from '../support/original.js'
import { tempDatabase } from '../support/temp.js'

const RECORDS = 40_000

/**
 * Stores records: half of them in one go, to see how fast, and half 100 at a time, to see how long a batch waits.
 */
const PROGRAM = `
  import { SqliteWriter } from '@cloudcurio/feature-tracking/store'
  ${DRAFT_SOURCE}
  const [path, records, startAt] = process.argv.slice(1)
  const problems = []
  const writer = new SqliteWriter(path, { onProblem: (topic, message) => problems.push(topic + ': ' + message) })
  const until = (time) => new Promise((resolve) => setTimeout(resolve, Math.max(0, time - Date.now())))
  const add = (count) => {
    for (let k = 0; k < count; k++) {
      writer.add(draft({ userId: 'user ' + (k % 500) }))
      if (k % 100 === 99) writer.send()
    }
  }
  add(1)
  await writer.flush()
  await until(Number(startAt))
  const start = performance.now()
  add(records / 2)
  await writer.flush()
  const seconds = (performance.now() - start) / 1000
  await until(Number(startAt) + 8000)
  let longest = 0
  for (let n = 0; n < records / 2; n += 100) {
    add(100)
    const sent = performance.now()
    await writer.flush()
    longest = Math.max(longest, performance.now() - sent)
  }
  await writer.close()
  const { dropped, longestLockWait } = writer.health()
  console.log(JSON.stringify({ seconds, longest, dropped, longestLockWait, problems }))`

interface Outcome {
  readonly seconds: number
  readonly longest: number
  readonly longestLockWait: number
  readonly dropped: object
  readonly problems: readonly string[]
}

function run(path: string, records: number, startAt: number): Promise<Outcome> {
  return nodeJson<Outcome>(PROGRAM, { args: [path, String(records), String(startAt)] })
}

async function prepared(): Promise<string> {
  const path = tempDatabase()
  const writer = new SqliteWriter(path)
  await writer.insertRecords([])
  await writer.close()
  return path
}

describe('many writers of one file', () => {
  it('take turns: all is stored, and the longest wait is told', async () => {
    const alone = await run(await prepared(), RECORDS, Date.now() + 500)
    const path = await prepared()
    const startAt = Date.now() + 3000
    const together = await Promise.all(Array.from({ length: 8 }, () => run(path, RECORDS / 8, startAt)))
    const rows = sql<{ n: number }>(path, 'SELECT count(*) AS n FROM feature_usage')[0]?.n
    const [one, eight] = [
      RECORDS / 2 / alone.seconds,
      RECORDS / 2 / Math.max(...together.map(({ seconds }) => seconds)),
    ]
    const longest = Math.max(...together.map((outcome) => outcome.longest))
    const longestLockWait = Math.max(...together.map((outcome) => outcome.longestLockWait))
    console.log(
      `R7: eight processes store ${eight.toFixed(0)} records/s together, one ${one.toFixed(0)} (${(eight / one).toFixed(2)} x); ` +
        `longest wait for a turn ${longestLockWait.toFixed(0)} ms; a batch was on its way for at most ${longest.toFixed(0)} ms, of one alone ${alone.longest.toFixed(0)} ms; ${rows} of ${RECORDS + 8} rows`,
    )
    expect(together.flatMap(({ problems }) => problems)).toEqual([])
    expect(readdirSync(dirname(path)).filter((name) => name.includes('.spool-'))).toEqual([])
    expect(rows).toBe(RECORDS + 8)
    expect(together.map(({ dropped }) => dropped)).toEqual(Array.from({ length: 8 }, () => ({})))
  })
})

import { describe, expect, it } from 'vitest'
import { SqliteWriter } from '../../src/store/index.js'
import { nodeJson } from '../support/child.js'
import { DRAFT_SOURCE } from '../support/drafts.js'
import { sql } from '../support/original.js'
import { tempDatabase } from '../support/temp.js'

const RECORDS = 40_000
const LIMIT_MS = 250

/** Stores records as fast as it can, 100 to a batch and five batches under way, and says how long a batch was on its way at the most. */
const PROGRAM = `
  import { SqliteWriter } from '@cloudcurio/feature-tracking/store'
  ${DRAFT_SOURCE}
  const [path, records] = process.argv.slice(1)
  const writer = new SqliteWriter(path)
  writer.add(draft({})); await writer.flush()
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, Number(process.argv[3]) - Date.now())))
  const start = performance.now()
  let longest = 0
  const underWay = []
  for (let n = 0; n < records; n += 100) {
    for (let k = 0; k < 100; k++) writer.add(draft({ userId: 'user ' + ((n + k) % 500) }))
    const sent = performance.now()
    const flushed = writer.flush().then(() => { longest = Math.max(longest, performance.now() - sent) })
    underWay.push(flushed)
    if (underWay.length >= 5) await underWay.shift()
  }
  await Promise.all(underWay)
  const seconds = (performance.now() - start) / 1000
  await writer.close()
  console.log(JSON.stringify({ seconds, longest, dropped: writer.health().dropped }))`

interface Outcome {
  readonly seconds: number
  readonly longest: number
  readonly dropped: object
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
  it('take turns: all is stored, and no batch waits long', async () => {
    const alone = await run(await prepared(), RECORDS, 0)
    const path = await prepared()
    const startAt = Date.now() + 3000
    const together = await Promise.all(Array.from({ length: 8 }, () => run(path, RECORDS / 8, startAt)))
    const rows = sql<{ n: number }>(path, 'SELECT count(*) AS n FROM feature_usage')[0]?.n
    const [one, eight] = [RECORDS / alone.seconds, RECORDS / Math.max(...together.map(({ seconds }) => seconds))]
    const longest = Math.max(...together.map((outcome) => outcome.longest))
    console.log(
      `R7: eight processes store ${eight.toFixed(0)} records/s together, one ${one.toFixed(0)} (${(eight / one).toFixed(2)} x); ` +
        `longest wait of a batch ${longest.toFixed(0)} ms, of one alone ${alone.longest.toFixed(0)} ms; ${rows} of ${RECORDS + 8} rows`,
    )
    expect(rows).toBe(RECORDS + 8)
    expect(together.map(({ dropped }) => dropped)).toEqual(Array.from({ length: 8 }, () => ({})))
    expect(longest).toBeLessThanOrEqual(LIMIT_MS)
  })
})

import { setTimeout as sleep } from 'node:timers/promises'
import { SqliteWriter } from '@cloudcurio/feature-tracking/store'
import { childParams } from '../child.js'
import { makeRows, recordOf } from '../data/rows.js'

/** A process that stores records as fast as the file takes them. */
export interface WriterParams {
  readonly path: string
  /** When all processes begin. */
  readonly startAt: number
  readonly seconds: number
  /** Number of its first row: no two processes make the same. */
  readonly first: number
}

export interface WriterAnswer {
  readonly stored: number
  readonly seconds: number
  readonly longestWaitMs: number
}

const BATCH = 50
const BATCHES_IN_FLIGHT = 20

const { path, startAt, seconds, first } = childParams() as WriterParams
const rows = makeRows(first, Number.MAX_SAFE_INTEGER - first, 1_000_000)
const writer = new SqliteWriter(path)
let stored = 0
let longestWaitMs = 0

async function store(): Promise<void> {
  const records = Array.from({ length: BATCH }, () => recordOf(rows.next().value))
  const start = performance.now()
  const inserted = await writer.insertRecords(records)
  stored += inserted
  longestWaitMs = Math.max(longestWaitMs, performance.now() - start)
}

async function storeUntil(deadline: number): Promise<void> {
  while (Date.now() < deadline) await store()
}

await sleep(Math.max(0, startAt - Date.now()))
const begun = performance.now()
const deadline = Date.now() + seconds * 1000
await Promise.all(Array.from({ length: BATCHES_IN_FLIGHT }, () => storeUntil(deadline)))
const answer: WriterAnswer = { stored, seconds: (performance.now() - begun) / 1000, longestWaitMs }
await writer.close()
console.log(`\n${JSON.stringify(answer)}`)

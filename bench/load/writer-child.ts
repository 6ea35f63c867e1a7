import { setTimeout as sleep } from 'node:timers/promises'
import { SqliteWriter } from '@cloudcurio/feature-tracking/store'
import { childParams } from '../child.js'
import { makeRows, recordOf } from '../data/rows.js'

/** A process that stores records as fast as the file takes them. */
export interface WriterParams {
  readonly path: string
  /** When all processes begin. */
  readonly startAt: number
  /** So long they store before it counts: of many processes that start at once, most of the time goes into compiling. */
  readonly warmUpSeconds: number
  readonly seconds: number
  /** Number of its first row: no two processes make the same. */
  readonly first: number
}

export interface WriterAnswer {
  /** Records from its beginning to its end. */
  readonly stored: number
  readonly storedInTime: number
  /** The longest that a transaction waited for the lock, from its beginning to its end. */
  readonly longestTurnMs: number
}

const BATCH = 50
const BATCHES_IN_FLIGHT = 20

const { path, startAt, warmUpSeconds, seconds, first } = childParams() as WriterParams
const rows = makeRows(first, Number.MAX_SAFE_INTEGER - first, 1_000_000)
const writer = new SqliteWriter(path)
const countsFrom = startAt + warmUpSeconds * 1000
const countsTo = countsFrom + seconds * 1000
let stored = 0
let storedInTime = 0

async function store(): Promise<void> {
  const records = Array.from({ length: BATCH }, () => recordOf(rows.next().value))
  const inserted = await writer.insertRecords(records)
  stored += inserted
  const now = Date.now()
  if (now >= countsFrom && now < countsTo) storedInTime += inserted
}

async function storeToEnd(): Promise<void> {
  while (Date.now() < countsTo) await store()
}

await sleep(Math.max(0, startAt - Date.now()))
await Promise.all(Array.from({ length: BATCHES_IN_FLIGHT }, () => storeToEnd()))
const answer: WriterAnswer = { stored, storedInTime, longestTurnMs: writer.health().longestLockWait }
await writer.close()
console.log(`\n${JSON.stringify(answer)}`)

import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { StoreError } from '../contract.js'
import {
  REFUSED,
  SETTLED,
  type ThreadData,
  type ThreadError,
  type ThreadReply,
  type ThreadRequest,
} from './protocol.js'
import { ReaderConnection } from './reader-connection.js'
import { ROW_WIDTH } from './rows.js'
import { WriterConnection } from './writer-connection.js'

/** Rows that one transaction takes at the most, when several batches wait. */
const MAX_TRANSACTION_ROWS = 5000

/** Replies that are sent together; a caller that never rests must hear of its batches all the same. */
const MAX_REPLIES = 64

type Insert = Extract<ThreadRequest, { kind: 'insert' }>

const { role, path, settled } = workerData as ThreadData
const port = parentPort as MessagePort
const writer = new WriterConnection(path)
const reader = new ReaderConnection(path)

/** Requests that have come and wait for their turn. */
let waiting: ThreadRequest[] = []

port.on('message', (requests: readonly ThreadRequest[]) => {
  waiting.push(...requests)
  let replies: ThreadReply[] = []
  while (take()) {
    replies.push(...settle(waiting))
    if (replies.length < MAX_REPLIES) continue
    port.postMessage(replies)
    replies = []
  }
  if (replies.length > 0) port.postMessage(replies)
  if (closing) port.close()
  else keepUpSoon()
})

let closing = false

/** How long work that may wait holds up what comes meanwhile, in milliseconds. */
const UPKEEP_MS = 20

/** How long few rows wait to be taken into the rollups, and how often is looked for those that others wrote. */
const LOOK_MS = 500

let upkeep: NodeJS.Immediate | undefined

/** Whether it is time to take in few rows, too, which costs more for each. */
let isTime = false

/** Gives the rollups a turn when nothing waits any more. */
function keepUpSoon(): void {
  if (role === 'writer' && !closing) upkeep ??= setImmediate(keepUp)
}

function keepUp(): void {
  upkeep = undefined
  const takesFew = isTime
  isTime = false
  if (!closing && writer.background(UPKEEP_MS, takesFew)) keepUpSoon()
}

setInterval(() => {
  isTime = true
  keepUpSoon()
}, LOOK_MS).unref()

/** Fetches what has come meanwhile. @returns whether there is anything to do */
function take(): boolean {
  for (let more = receive(); more !== undefined; more = receive()) waiting.push(...more)
  return waiting.length > 0
}

function receive(): readonly ThreadRequest[] | undefined {
  return receiveMessageOnPort(port)?.message as readonly ThreadRequest[] | undefined
}

/** Settles the first request, or the batches at the front together, and takes them from the list. */
function settle(requests: ThreadRequest[]): ThreadReply[] {
  const batch = batchesInFront(requests)
  const settledNow = batch.length > 0 ? insertBatch(batch) : [reply(requests[0] as Exclude<ThreadRequest, Insert>)]
  waiting = requests.slice(settledNow.length)
  tell(settledNow)
  return settledNow
}

/** Batches share a transaction: a commit costs more than a row. */
function batchesInFront(requests: readonly ThreadRequest[]): Insert[] {
  const batch: Insert[] = []
  let rows = 0
  for (const request of requests) {
    if (request.kind !== 'insert' || rows >= MAX_TRANSACTION_ROWS) break
    batch.push(request)
    rows += request.values.length / ROW_WIDTH
  }
  return batch
}

function answer(request: Exclude<ThreadRequest, Insert>): unknown {
  if (request.kind === 'query') return reader[request.method](request.query as never)
  if (request.kind === 'migrate') return writer.migrate()
  if (request.kind === 'rollups') return writer.rollups(request.step)
  closing = true
  writer.close()
  reader.close()
  return undefined
}

/** Where the transaction of several batches fails, each is tried alone: one bad batch must not take others along. */
function insertBatch(batch: readonly Insert[]): ThreadReply[] {
  try {
    const inserted = writer.insert(batch.map((request) => request.values))
    return batch.map((request, index) => ({ seq: request.seq, result: inserted[index] }))
  } catch (error) {
    if (batch.length > 1) return batch.flatMap((request) => insertBatch([request]))
    return batch.map((request) => ({ seq: request.seq, error: threadError(error) }))
  }
}

function reply(request: Exclude<ThreadRequest, Insert>): ThreadReply {
  try {
    return { seq: request.seq, result: answer(request) }
  } catch (error) {
    return { seq: request.seq, error: threadError(error) }
  }
}

/** An ending process waits for these numbers; replies by message come when nothing waits any more. */
function tell(replies: readonly ThreadReply[]): void {
  const refused = replies.filter((message) => 'error' in message).length
  if (refused > 0) Atomics.add(settled, REFUSED, refused)
  Atomics.store(settled, SETTLED, (replies[replies.length - 1] as ThreadReply).seq)
  Atomics.notify(settled, SETTLED)
}

function threadError(error: unknown): ThreadError {
  if (error instanceof StoreError) return { name: error.name, message: error.message, code: error.code }
  return error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: 'Error', message: String(error) }
}

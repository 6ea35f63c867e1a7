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

type Insert = Extract<ThreadRequest, { kind: 'insert' }>

const { path, settled } = workerData as ThreadData
const port = parentPort as MessagePort
const writer = new WriterConnection(path)
const reader = new ReaderConnection(path)

port.on('message', (first: ThreadRequest) => {
  for (let request: ThreadRequest | undefined = first; request !== undefined;) request = handle(request)
})

/** Does a request; a different one that it came upon while looking for more of its kind is handed back. */
function handle(request: ThreadRequest): ThreadRequest | undefined {
  if (request.kind === 'insert') return insertWaiting(request)
  send([reply(request.seq, () => answer(request))])
  if (request.kind === 'close') port.close()
  return undefined
}

function answer(request: Exclude<ThreadRequest, Insert>): unknown {
  if (request.kind === 'query') return reader[request.method](request.query as never)
  if (request.kind === 'migrate') return writer.migrate()
  writer.close()
  reader.close()
  return undefined
}

/** Takes the batches that wait behind the first into its transaction: a commit costs more than a row. */
function insertWaiting(first: Insert): ThreadRequest | undefined {
  const batch = [first]
  let rows = first.values.length / ROW_WIDTH
  let other: ThreadRequest | undefined
  while (rows < MAX_TRANSACTION_ROWS) {
    const waiting = receiveMessageOnPort(port)?.message as ThreadRequest | undefined
    if (waiting?.kind !== 'insert') {
      other = waiting
      break
    }
    batch.push(waiting)
    rows += waiting.values.length / ROW_WIDTH
  }
  send(insertBatch(batch))
  return other
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

function reply(seq: number, work: () => unknown): ThreadReply {
  try {
    return { seq, result: work() }
  } catch (error) {
    return { seq, error: threadError(error) }
  }
}

/** One message for all that a transaction settled. The last number is stored first: an ending process waits for that. */
function send(replies: readonly ThreadReply[]): void {
  const refused = replies.filter((message) => 'error' in message).length
  if (refused > 0) Atomics.add(settled, REFUSED, refused)
  Atomics.store(settled, SETTLED, (replies[replies.length - 1] as ThreadReply).seq)
  Atomics.notify(settled, SETTLED)
  port.postMessage(replies)
}

function threadError(error: unknown): ThreadError {
  if (error instanceof StoreError) return { name: error.name, message: error.message, code: error.code }
  return error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: 'Error', message: String(error) }
}

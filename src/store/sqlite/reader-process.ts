import type { QueryReply, QueryRequest } from './isolated-reader.js'
import { STARTED } from './protocol.js'
import { ReaderConnection } from './reader-connection.js'
import { threadError } from './thread-error.js'

/*
 * The program of an `IsolatedReader`'s child process. It answers one question after the other, and ends with its parent.
 */
let connection: ReaderConnection | undefined

/**
 * The summary of a feature looks at rows in some dozens of blocks, 20 MB of a large file: of a smaller cache each would be
 * gone when it is asked for again, which doubles the time.
 */
const CACHE_BYTES = 64 * 1024 * 1024

process.on('message', ({ path, seq, method, query }: QueryRequest) => {
  connection ??= new ReaderConnection(path, CACHE_BYTES)
  let reply: QueryReply
  try {
    reply = { seq, result: connection[method](query as never) }
  } catch (error) {
    reply = { seq, error: threadError(error) }
  }
  // Who asked may be gone; then this process ends too.
  process.send?.(reply, () => {})
})
process.on('disconnect', () => process.exit(0))
// A signal for the whole group, as Ctrl+C in a terminal, is the parent's to answer.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
process.send?.(STARTED, () => {})

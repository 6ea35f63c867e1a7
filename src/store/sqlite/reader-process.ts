import type { QueryReply, QueryRequest } from './isolated-reader.js'
import { ReaderConnection } from './reader-connection.js'
import { threadError } from './thread-error.js'

/*
 * The program of an `IsolatedReader`'s child process. It answers one question after the other, and ends with its parent.
 */
let connection: ReaderConnection | undefined

process.on('message', ({ path, seq, method, query }: QueryRequest) => {
  connection ??= new ReaderConnection(path)
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

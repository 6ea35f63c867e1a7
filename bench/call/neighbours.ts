import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Options } from '../options.js'
import { type Result, Skipped } from '../result.js'
import { ROOT } from '../root.js'
import { callResult, timeSubjects } from './call.js'
import type { CallTimes } from './child.js'

const NEIGHBOURS = [
  { subject: 'openllmetry', file: 'openllmetry.js', name: 'openllmetry, withTask' },
  { subject: 'langfuse', file: 'langfuse.js', name: 'Langfuse, observe' },
  { subject: 'sentry-child', file: 'sentry-child.js', name: 'Sentry, startSpan, 500 calls below one span' },
  { subject: 'sentry', file: 'sentry.js', name: 'Sentry, startSpan, each call a trace of its own' },
  { subject: 'dd-trace', file: 'dd-trace.js', name: 'dd-trace, wrap' },
] as const

/** Sentry keeps a thousand spans below one. */
const CHUNK = 500

/** The same function under what users would pick instead, each in a process of its own; ours beside them. */
export async function benchNeighbours(options: Options): Promise<Result[]> {
  if (!existsSync(join(ROOT, 'bench/neighbours/node_modules')))
    throw new Skipped('not installed; npm run bench:neighbours does that')
  const server = await answerEverything()
  const { port } = server.address() as AddressInfo
  try {
    const subjects = [{ subject: 'own' }, ...NEIGHBOURS.map(({ subject, file }) => ({ subject, file, port }))]
    const times = await timeSubjects(subjects, { ...options, rounds: options.rounds / 4 }, 1, CHUNK)
    return [{ subject: 'own', name: 'this library' }, ...NEIGHBOURS].flatMap(({ subject, name }) =>
      (['sync', 'async'] as const).map((kind) =>
        callResult(`${kind}, ${name}`, times.get(subject) as CallTimes[], kind, 'call'),
      ),
    )
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

/** Stands for each neighbour's service: takes what comes and says that all is well. */
function answerEverything(): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'))
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(server)
    })
  })
}

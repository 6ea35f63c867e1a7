import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { ThreadData } from './protocol.js'

/** Starts a thread of the store, which does not hold the process open once it is online. */
export function startWorker(data: ThreadData): Worker {
  const worker = new Worker(workerUrl(), {
    workerData: data,
    name: `feature-tracking-${data.role}`,
    // Nothing of the application's start-up may run in here: --import and --require would load it again.
    execArgv: [],
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  worker.unref()
  return worker
}

/** The built worker, found through the package's own `imports`: the same from `src/` in tests and from `dist/`. */
function workerUrl(): URL {
  return pathToFileURL(createRequire(import.meta.url).resolve('#sqlite-worker'))
}

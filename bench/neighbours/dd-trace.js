import tracer from 'dd-trace'
import { work, workAsync } from './work.js'

/** It has no flush that one can wait for: it sends by itself while the event loop turns. */
export async function setUp(port) {
  tracer.init({ url: `http://127.0.0.1:${port}`, startupLogs: false, telemetry: false, flushInterval: 100 })
  return {
    sync: tracer.wrap('bench', work),
    async: tracer.wrap('bench', workAsync),
    settle: () => new Promise((resolve) => setImmediate(resolve)),
    stop: async () => undefined,
  }
}

import { work, workAsync } from './work.js'

/** `withTask` gives back a promise for a synchronous function too. */
export async function setUp(port) {
  process.env.TRACELOOP_TELEMETRY = 'false'
  const traceloop = await import('@traceloop/node-server-sdk')
  traceloop.initialize({
    baseUrl: `http://127.0.0.1:${port}`,
    apiKey: 'none',
    appName: 'bench',
    traceloopSyncEnabled: false,
    silenceInitializationMessage: true,
    instrumentModules: {},
  })
  return {
    sync: (value) => traceloop.withTask({ name: 'bench' }, work, value),
    async: (value) => traceloop.withTask({ name: 'bench' }, workAsync, value),
    settle: () => traceloop.forceFlush(),
    stop: async () => undefined,
  }
}

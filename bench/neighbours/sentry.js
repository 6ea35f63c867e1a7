import * as Sentry from '@sentry/node'
import { work, workAsync } from './work.js'

export async function setUp(port) {
  Sentry.init({ dsn: `http://none@127.0.0.1:${port}/1`, tracesSampleRate: 1 })
  return {
    sync: (value) => Sentry.startSpan({ name: 'bench', op: 'function' }, () => work(value)),
    async: (value) => Sentry.startSpan({ name: 'bench', op: 'function' }, () => workAsync(value)),
    settle: async () => {
      await Sentry.flush(2000)
    },
    stop: async () => undefined,
  }
}

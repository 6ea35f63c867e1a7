import * as Sentry from '@sentry/node'
import { setUp as setUpRoot } from './sentry.js'

/** Sentry sends a trace when its first span ends, so calls below one span cost less each. */
export async function setUp(port) {
  const subject = await setUpRoot(port)
  return { ...subject, around: (calls) => Sentry.startSpan({ name: 'request' }, calls) }
}

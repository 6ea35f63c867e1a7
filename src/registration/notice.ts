import { isMainThread } from 'node:worker_threads'
import { diag } from '@opentelemetry/api'

const PREFIX = 'feature-tracking: '

/** For those who set `OTEL_LOG_LEVEL`. */
export function say(message: string): void {
  diag.info(PREFIX + message)
}

/**
 * For who has just typed `node --import`, on standard error. Where register came in by `NODE_OPTIONS`, it runs in
 * programs that nobody meant, such as npm: there it is silent.
 */
export function sayAloud(message: string): void {
  const isOnCommandLine = process.execArgv.some((argument) => argument.includes('feature-tracking/register'))
  if (isMainThread && isOnCommandLine && process.send === undefined) process.stderr.write(`${PREFIX}${message}\n`)
  else say(message)
}

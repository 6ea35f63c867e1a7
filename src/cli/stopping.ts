import type { CliIO } from './io.js'

/** Runs what goes on until Ctrl-C, SIGTERM or a terminal that is closed; to be stopped so is how it ends well. */
export async function untilStopped<T>(io: CliIO, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const onSignal = () => {
    stop.abort()
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const name of signals) process.on(name, onSignal)
  io.signal?.addEventListener('abort', onSignal)
  try {
    return await work(stop.signal)
  } finally {
    for (const name of signals) process.off(name, onSignal)
    io.signal?.removeEventListener('abort', onSignal)
  }
}

/**
 * Runs work that Ctrl-C or SIGTERM stops before it is done.
 * @param failure what to throw in place of what the work threw
 */
export async function stoppable<T>(
  work: (signal: AbortSignal) => Promise<T>,
  failure: (error: unknown, wasStopped: boolean) => Promise<unknown>,
): Promise<T> {
  const stop = new AbortController()
  const onSignal = () => {
    stop.abort()
  }
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const name of signals) process.once(name, onSignal)
  try {
    return await work(stop.signal)
  } catch (error) {
    throw await failure(error, stop.signal.aborted)
  } finally {
    for (const name of signals) process.off(name, onSignal)
  }
}

/** Signals that end a process which does not listen for them, and that it can hear of. */
const SIGNALS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT']

/**
 * Listens for the signals that end a process. Where nobody else does, `finish` runs and the process then dies of the
 * signal as it would have; where the application listens, the end is the application's, and only `send` runs.
 */
export function onSignals(send: () => void, finish: () => void): void {
  const listener = (signal: NodeJS.Signals): void => {
    if (!isAlone(signal)) {
      send()
      return
    }
    try {
      finish()
    } finally {
      process.removeListener(signal, listener)
      process.kill(process.pid, signal)
    }
  }
  for (const signal of SIGNALS) process.on(signal, listener)
}

/**
 * Whether nobody listens but this library and package signal-exit, which a great many packages have with them: like us
 * it leaves a signal alone when it has company, so that of the two of us none would end the process.
 */
function isAlone(signal: NodeJS.Signals): boolean {
  return process.listenerCount(signal) - 1 <= signalExitListeners()
}

/** Version 4 counts the listeners of all its copies in one place; version 3 leaves another mark. */
function signalExitListeners(): number {
  const count = (globalThis as { [SIGNAL_EXIT]?: { count?: unknown } })[SIGNAL_EXIT]?.count
  const isOldThere = typeof (process as { __signal_exit_emitter__?: unknown }).__signal_exit_emitter__ === 'object'
  return (typeof count === 'number' ? count : 0) + (isOldThere ? 1 : 0)
}

const SIGNAL_EXIT: unique symbol = Symbol.for('signal-exit emitter')

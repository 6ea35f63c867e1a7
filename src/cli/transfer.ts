import type { ProgressListener } from '../maintenance/index.js'
import type { CommandContext } from './context.js'
import { storeFailure } from './database.js'
import { CliError } from './errors.js'
import { RowProgress } from './output/row-progress.js'

export interface Transfer {
  readonly signal: AbortSignal
  readonly onProgress: ProgressListener
}

/**
 * Does what goes over many rows: shows how far it is, and stops in good order at Ctrl-C or SIGTERM. The work must tell of
 * its progress, or look at the signal.
 * @param what is being done, in a word
 * @throws CliError in place of what maintenance throws
 */
export async function transfer<T>(
  context: CommandContext,
  what: string,
  work: (transfer: Transfer) => Promise<T>,
): Promise<T> {
  const stop = new AbortController()
  const onSignal = () => {
    stop.abort()
  }
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const name of signals) process.once(name, onSignal)
  const progress = new RowProgress(context.io, what)
  const onProgress: ProgressListener = (state) => {
    // What does not look at the signal itself is stopped here.
    stop.signal.throwIfAborted()
    progress.show(state)
  }
  try {
    return await work({ signal: stop.signal, onProgress })
  } catch (error) {
    if (stop.signal.aborted) throw new CliError('stopped', 'it was interrupted', 'run it again: it starts anew')
    throw await transferFailure(error, context)
  } finally {
    progress.end()
    for (const name of signals) process.off(name, onSignal)
  }
}

/** What maintenance threw, in words for the command line; anything else as it is. */
export async function transferFailure(error: unknown, context: CommandContext): Promise<unknown> {
  const { DataError } = await import('../maintenance/index.js')
  if (error instanceof DataError) return new CliError(error.code, error.message, error.hint, { cause: error })
  return storeFailure(error, context.database)
}

import type { CommandContext } from './context.js'
import { storeFailure } from './database.js'
import { CliError } from './errors.js'
import { Progress } from './output/progress.js'

export interface Work {
  readonly signal: AbortSignal
  readonly progress: Progress
}

/**
 * Does what may take long: shows how far it is, and stops in good order at Ctrl-C or SIGTERM.
 * @throws CliError in place of what maintenance throws
 */
export async function maintain<T>(context: CommandContext, work: (work: Work) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const onSignal = () => {
    stop.abort()
  }
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const name of signals) process.once(name, onSignal)
  const progress = new Progress(context.io)
  try {
    return await work({ signal: stop.signal, progress })
  } catch (error) {
    throw stop.signal.aborted ? stopped() : await failureOf(error, context)
  } finally {
    progress.end()
    for (const name of signals) process.off(name, onSignal)
  }
}

function stopped(): CliError {
  return new CliError(
    'stopped',
    'stopped before it was done',
    'what was done until then is in order; run it again to go on',
  )
}

/** What maintenance threw, in words for the command line; anything else as it is. */
export async function failureOf(error: unknown, context: CommandContext): Promise<unknown> {
  const { MaintenanceError } = await import('../maintenance/index.js')
  if (error instanceof MaintenanceError) return new CliError(error.code, error.message, undefined, { cause: error })
  return storeFailure(error, context.database)
}

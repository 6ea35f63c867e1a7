import type { CommandContext } from './context.js'
import { storeFailure } from './database.js'
import { CliError } from './errors.js'
import { Progress } from './output/progress.js'
import { stoppable } from './stopping.js'

export interface Work {
  readonly signal: AbortSignal
  readonly progress: Progress
}

/**
 * Does what may take long: shows how far it is, and stops in good order at Ctrl-C or SIGTERM.
 * @throws CliError in place of what maintenance throws
 */
export async function maintain<T>(context: CommandContext, work: (work: Work) => Promise<T>): Promise<T> {
  const progress = new Progress(context.io)
  try {
    return await stoppable(
      (signal) => work({ signal, progress }),
      async (error, wasStopped) => (wasStopped ? stopped() : failureOf(error, context)),
    )
  } finally {
    progress.end()
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
  if (error instanceof MaintenanceError) return new CliError(error.code, error.message, error.hint, { cause: error })
  return storeFailure(error, context.database)
}

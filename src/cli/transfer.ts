import type { ProgressListener } from '../maintenance/index.js'
import type { CommandContext } from './context.js'
import { CliError } from './errors.js'
import { failureOf } from './maintain.js'
import { RowProgress } from './output/row-progress.js'
import { stoppable } from './stopping.js'

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
  const progress = new RowProgress(context.io, what)
  const begin = (signal: AbortSignal): Promise<T> =>
    work({
      signal,
      onProgress: (state) => {
        // What does not look at the signal itself is stopped here.
        signal.throwIfAborted()
        progress.show(state)
      },
    })
  try {
    return await stoppable(begin, async (error, wasStopped) =>
      wasStopped
        ? new CliError('stopped', 'it was interrupted', 'run it again: it starts anew')
        : failureOf(error, context),
    )
  } finally {
    progress.end()
  }
}

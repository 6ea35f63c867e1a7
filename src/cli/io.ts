import type { Writable } from 'node:stream'

/** What the command line touches of its surroundings; tests give their own. */
export interface CliIO {
  readonly stdout: Writable
  readonly stderr: Writable
  readonly env: NodeJS.ProcessEnv
  /** Whether stdout is a terminal. */
  readonly isTTY: boolean
  /** Columns of the terminal, where it says so. */
  readonly columns: number | undefined
  /** Whether stderr is a terminal, on which progress is shown. */
  readonly showsProgress?: boolean | undefined
  /** Milliseconds since 1970. */
  readonly now: () => number
}

const FALLBACK_WIDTH = 80

export function processIO(): CliIO {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    isTTY: process.stdout.isTTY === true,
    columns: process.stdout.columns,
    showsProgress: process.stderr.isTTY === true,
    now: Date.now,
  }
}

/** Columns to fit output into; undefined when it goes into a file or a pipe, where nothing is shortened. */
export function outputWidth(io: CliIO): number | undefined {
  if (!io.isTTY) return undefined
  const wanted = Number(io.env['COLUMNS'])
  return Number.isInteger(wanted) && wanted > 0 ? wanted : (io.columns ?? FALLBACK_WIDTH)
}

/** @param option what `--no-color` leaves of the default, true. See https://no-color.org for the variable. */
export function wantsColor(io: CliIO, option: boolean): boolean {
  return option && io.isTTY && (io.env['NO_COLOR'] ?? '') === '' && io.env['TERM'] !== 'dumb'
}

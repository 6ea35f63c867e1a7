import type { Writable } from 'node:stream'

/** What the command line touches of its surroundings; tests give their own. */
export interface CliIO {
  readonly stdout: Writable
  readonly stderr: Writable
  readonly env: NodeJS.ProcessEnv
  /** Whether stdout is a terminal. */
  readonly isTTY: boolean
  /** Columns of the terminal; undefined or 0 where it does not say. */
  readonly columns: number | undefined
  /** Whether stderr is a terminal, on which progress is shown. */
  readonly showsProgress?: boolean | undefined
  /** Keys and size changes of the terminal; undefined where it cannot be steered. */
  readonly terminal?: LiveTerminal | undefined
  /** Ends what goes on until it is stopped. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** A terminal whose keys are read one by one. */
export interface LiveTerminal {
  /** Calls back for each key until the returned function is called. */
  readonly keys: (onKey: (key: string) => void) => () => void
  /** Calls back when the size has changed, likewise. */
  readonly resizes: (onResize: () => void) => () => void
  readonly size: () => { readonly columns: number; readonly rows: number }
}

const FALLBACK_WIDTH = 80
const FALLBACK_HEIGHT = 24

export function processIO(): CliIO {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    isTTY: process.stdout.isTTY === true,
    columns: process.stdout.columns,
    showsProgress: process.stderr.isTTY === true,
    terminal: process.stdout.isTTY === true && process.stdin.isTTY === true ? processTerminal() : undefined,
    now: Date.now,
  }
}

/** Columns to fit output into; undefined when it goes into a file or a pipe, where nothing is shortened. */
export function outputWidth(io: CliIO): number | undefined {
  if (!io.isTTY) return undefined
  const wanted = Number(io.env['COLUMNS'])
  return Number.isInteger(wanted) && wanted > 0 ? wanted : io.columns || FALLBACK_WIDTH
}

function processTerminal(): LiveTerminal {
  const { stdin, stdout } = process
  return {
    keys: (onKey) => {
      const listen = (text: string) => {
        onKey(text)
      }
      stdin.setRawMode(true).setEncoding('utf8').on('data', listen).resume()
      return () => {
        stdin.off('data', listen).setRawMode(false).pause()
      }
    },
    resizes: (onResize) => {
      stdout.on('resize', onResize)
      return () => stdout.off('resize', onResize)
    },
    // A terminal that does not say has 0 of both.
    size: () => ({ columns: stdout.columns || FALLBACK_WIDTH, rows: stdout.rows || FALLBACK_HEIGHT }),
  }
}

/** @param option what `--no-color` leaves of the default, true. See https://no-color.org for the variable. */
export function wantsColor(io: CliIO, option: boolean): boolean {
  if (!option || (io.env['NO_COLOR'] ?? '') !== '') return false
  const forced = io.env['FORCE_COLOR'] ?? ''
  return forced === '' ? io.isTTY && io.env['TERM'] !== 'dumb' : forced !== '0'
}

import { parseArgs } from 'node:util'

/** Sizes of the work. The normal ones make all benchmarks end in about half an hour on two cores. */
export interface Options {
  /** Rows of the tables that are worked on. */
  readonly rows: readonly number[]
  /** Calls in one timed run. */
  readonly rounds: number
  /** Timed runs; their median counts. */
  readonly runs: number
  /** Processes in turn for each way to track. */
  readonly repeats: number
  /** Records that a timed run stores. */
  readonly records: number
  /** How long a load goes on. */
  readonly seconds: number
  /** How long another process holds the file's lock. */
  readonly lockSeconds: number
  /** Processes that write at once. */
  readonly processes: number
  /** Seconds that are spent on one slow question at the most. */
  readonly budget: number
}

const NORMAL: Options = {
  rows: [1_000_000],
  rounds: 20_000,
  runs: 7,
  repeats: 3,
  records: 100_000,
  seconds: 5,
  lockSeconds: 10,
  processes: 8,
  budget: 10,
}

/** Only shows that everything runs. */
const QUICK: Options = {
  rows: [20_000],
  rounds: 5000,
  runs: 3,
  repeats: 1,
  records: 5000,
  seconds: 1,
  lockSeconds: 1,
  processes: 2,
  budget: 1,
}

export interface CommandLine {
  readonly names: readonly string[]
  readonly options: Options
  /** What differs from the normal sizes, as text. */
  readonly said: string
  readonly json: string | undefined
  readonly help: boolean
}

export const USAGE = `npm run bench -- [name …] [--rows 1000000,10000000] [--quick] [--json file]
Sizes: ${Object.entries(NORMAL)
  .map(([name, value]) => `--${kebab(name)} ${String(value)}`)
  .join(', ')}`

/** @throws TypeError for what is no option or no number */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const sizes = Object.keys(NORMAL).map((name) => [kebab(name), { type: 'string' as const }] as const)
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      ...Object.fromEntries(sizes),
      quick: { type: 'boolean' },
      json: { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  const given = values as Record<string, string | boolean | undefined>
  const quick = given['quick'] === true
  const options: Record<string, unknown> = { ...(quick ? QUICK : NORMAL) }
  for (const name of Object.keys(NORMAL)) {
    const text = given[kebab(name)]
    if (typeof text !== 'string') continue
    const numbers = text.split(',').map((part) => positive(part, name))
    options[name] = name === 'rows' ? numbers : numbers[0]
  }
  return {
    names: positionals,
    options: options as unknown as Options,
    said: [quick ? '--quick' : '', ...differing(options, quick ? QUICK : NORMAL)].filter(Boolean).join(' '),
    json: given['json'] as string | undefined,
    help: given['help'] === true,
  }
}

/** Rows are left out: each run says its own. */
function differing(options: Readonly<Record<string, unknown>>, usual: Options): string[] {
  return Object.entries(usual)
    .filter(([name, value]) => name !== 'rows' && options[name] !== value)
    .map(([name]) => `--${kebab(name)} ${String(options[name])}`)
}

function positive(text: string, name: string): number {
  const value = Number(text.replaceAll('_', ''))
  if (value > 0 && Number.isFinite(value)) return value
  throw new TypeError(`--${kebab(name)} is ${text}: give a number above 0`)
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

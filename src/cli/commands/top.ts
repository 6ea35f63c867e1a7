import { setTimeout as sleep } from 'node:timers/promises'
import type { FeatureCategory } from '../../record/index.js'
import type { FeatureStoreReader, FeatureSummary } from '../../store/index.js'
import type { CommandContext } from '../context.js'
import { storeFailure } from '../database.js'
import { CliError } from '../errors.js'
import type { LiveTerminal } from '../io.js'
import { durationText, grouped, percentText } from '../output/format.js'
import { printData } from '../output/print.js'
import { type Column, renderTable } from '../output/table.js'
import { visible } from '../output/text.js'
import { write } from '../output/write.js'
import { untilStopped } from '../stopping.js'

export interface TopOptions {
  feature?: string
  category?: FeatureCategory
  /** Milliseconds. */
  window: number
  every: number
  limit: number
  once?: boolean
}

/** The other screen, without a cursor; then the first one again. */
const ENTER = '\u001b[?1049h\u001b[?25l'
const LEAVE = '\u001b[?25h\u001b[?1049l'
const HOME = '\u001b[H'
const CLEAR_TO_LINE_END = '\u001b[K'
const CLEAR_BELOW = '\u001b[J'

/** @throws CliError where there is no terminal and `--once` was not given */
export async function top(context: CommandContext, options: TopOptions): Promise<void> {
  const { terminal } = context.io
  if (options.once !== true && (terminal === undefined || context.mode !== 'table'))
    throw new CliError('usage', 'top draws on a terminal, and this is none', 'give --once to print the figures once')
  const { openReader } = await import('../../store/reading/index.js')
  const reader = openReader(context.database.path)
  try {
    if (options.once === true) await printOnce(context, reader, options)
    else await new Screen(context, terminal as LiveTerminal, reader, options).run()
  } catch (error) {
    throw await storeFailure(error, context.database)
  } finally {
    await reader.close()
  }
}

async function ask(
  context: CommandContext,
  reader: FeatureStoreReader,
  options: TopOptions,
): Promise<FeatureSummary[]> {
  const { feature, category, window, limit } = options
  const now = context.io.now()
  return reader.getTopFeatures({ featureName: feature, category, since: now - window, until: now + 1, limit })
}

async function printOnce(context: CommandContext, reader: FeatureStoreReader, options: TopOptions): Promise<void> {
  const found = await ask(context, reader, options)
  if (context.mode !== 'table') return printData(context, TOP_KEYS, found, (feature) => topRow(feature, options.window))
  const { lines } = await renderTable(columns(options.window), found, context)
  await write(context.io.stdout, [`${title(options, found)}\n\n`, ...(found.length === 0 ? [] : lines)])
}

const TOP_KEYS = [
  'feature_name',
  'category',
  'calls',
  'calls_per_second',
  'p50_duration',
  'p95_duration',
  'errors',
] as const

function topRow(feature: FeatureSummary, window: number): Record<(typeof TOP_KEYS)[number], unknown> {
  return {
    feature_name: feature.featureName,
    category: feature.category,
    calls: feature.usageCount,
    calls_per_second: feature.usageCount / (window / 1000),
    p50_duration: feature.p50Duration,
    p95_duration: feature.p95Duration,
    errors: feature.usageCount - feature.successCount,
  }
}

function title({ window }: TopOptions, found: readonly FeatureSummary[]): string {
  const calls = found.reduce((sum, { usageCount }) => sum + usageCount, 0)
  const period = `the last ${durationText(window / 1000)}`
  if (calls === 0) return `No calls in ${period}.`
  return `${grouped(calls)} calls of ${found.length === 1 ? 'one feature' : `${found.length} features`} in ${period}`
}

function columns(window: number): Column<FeatureSummary>[] {
  const errors = (row: FeatureSummary) => row.usageCount - row.successCount
  return [
    { header: 'Feature', text: (row) => visible(row.featureName), cut: { comfortable: 24, least: 8 } },
    { header: 'Category', text: (row) => row.category, cut: { comfortable: 18, least: 8 }, leaveOut: 1 },
    { header: 'Calls', align: 'right', text: (row) => grouped(row.usageCount), leaveOut: 3 },
    { header: 'Calls/s', align: 'right', text: (row) => (row.usageCount / (window / 1000)).toFixed(1) },
    { header: 'p50', align: 'right', text: (row) => durationText(row.p50Duration), leaveOut: 4 },
    { header: 'p95', align: 'right', text: (row) => durationText(row.p95Duration), leaveOut: 5 },
    {
      header: 'Errors',
      align: 'right',
      text: (row) => grouped(errors(row)),
      paint: (text, row, colors) => (errors(row) > 0 ? colors.red(text) : text),
    },
    { header: 'Error rate', align: 'right', text: (row) => percentText(100 - row.successRate), leaveOut: 2 },
  ]
}

class Screen {
  readonly #context: CommandContext
  readonly #terminal: LiveTerminal
  readonly #reader: FeatureStoreReader
  readonly #options: TopOptions

  constructor(context: CommandContext, terminal: LiveTerminal, reader: FeatureStoreReader, options: TopOptions) {
    this.#context = context
    this.#terminal = terminal
    this.#reader = reader
    this.#options = options
  }

  /** Asked once before the screen is taken: what is wrong with the file is said on the screen that stays. */
  async run(): Promise<void> {
    const { io } = this.#context
    let found = await ask(this.#context, this.#reader, this.#options)
    await untilStopped(io, async (signal) => {
      const stop = new AbortController()
      const onAbort = () => {
        stop.abort()
      }
      signal.addEventListener('abort', onAbort)
      let wake = (): void => {}
      const stopKeys = this.#terminal.keys((key) => {
        // In raw mode Ctrl-C is a key as others are.
        if (key === 'q' || key === 'Q' || key === '\u0003' || key === '\u0004') onAbort()
        wake()
      })
      const stopResizes = this.#terminal.resizes(() => {
        wake()
      })
      io.stdout.write(ENTER)
      try {
        while (!stop.signal.aborted) {
          await this.#draw(found)
          const woken = new AbortController()
          wake = () => {
            woken.abort()
          }
          await sleep(this.#options.every, undefined, { signal: AbortSignal.any([stop.signal, woken.signal]) }).catch(
            () => {},
          )
          if (!woken.signal.aborted) found = await ask(this.#context, this.#reader, this.#options)
        }
      } finally {
        stopKeys()
        stopResizes()
        io.stdout.write(LEAVE)
      }
    })
  }

  /** Line by line over what was there, so that nothing flickers. */
  async #draw(found: readonly FeatureSummary[]): Promise<void> {
    const { io, colors } = this.#context
    const size = this.#terminal.size()
    const rows = found.slice(0, Math.max(1, size.rows - 5))
    const { lines } = await renderTable(columns(this.#options.window), rows, { width: size.columns, colors })
    const all = [
      colors.bold(title(this.#options, found).slice(0, size.columns)),
      '',
      ...(found.length === 0 ? [] : [...lines].map((line) => line.trimEnd())),
      '',
      colors.dim('q quits'),
    ].slice(0, size.rows)
    await write(io.stdout, [`${HOME}${all.map((line) => line + CLEAR_TO_LINE_END).join('\r\n')}${CLEAR_BELOW}`])
  }
}

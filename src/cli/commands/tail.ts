import { setTimeout as sleep } from 'node:timers/promises'
import type { FeatureCategory, FeatureStatus, FeatureUsageRecord } from '../../record/index.js'
import type { Position, RecordFilter } from '../../store/index.js'
import type { CommandContext } from '../context.js'
import { storeFailure } from '../database.js'
import { durationText, localTime, userText } from '../output/format.js'
import { paintStatus } from '../output/paint.js'
import { RECORD_KEYS, recordRow } from '../output/rows.js'
import { visible } from '../output/text.js'
import { measureFor } from '../output/width.js'
import { untilStopped } from '../stopping.js'

export interface TailOptions {
  feature?: string
  category?: FeatureCategory
  status?: FeatureStatus
  user?: string
  /** How many of the last calls come first. */
  limit: number
  follow: boolean
}

/** Milliseconds between two looks at the file, of which one without news costs some microseconds. */
const LOOK_MS = 200

/** A file without our table is taken to be just being made for so many milliseconds; then it is another one. */
const MAKING_MS = 1000

/** Calls as they are stored, until Ctrl-C; there need be no file yet. @throws CliError */
export async function tail(context: CommandContext, options: TailOptions): Promise<void> {
  const { DetailsReader, openReader, StoreError } = await import('../../store/reading/index.js')
  const filter = {
    featureName: options.feature,
    category: options.category,
    status: options.status,
    userId: options.user,
  }
  const printer = await printerOf(context)
  const details = new DetailsReader(context.database.path)
  /** Records among the last calls that may come once more as news: they were stored while those were asked for. */
  const shown = new Set<string>()
  let emptySince: number | undefined
  const waitsForFile = (error: unknown) => {
    if (!options.follow || !(error instanceof StoreError)) return false
    if (error.code !== 'empty') {
      emptySince = undefined
      return error.code === 'not_found'
    }
    emptySince ??= Date.now()
    return Date.now() - emptySince < MAKING_MS
  }
  try {
    await untilStopped(context.io, async (signal) => {
      let position: Position = { rowid: 0 }
      try {
        position = details.end()
        const reader = openReader(context.database.path)
        const last = options.limit === 0 ? [] : await reader.getRecords({ ...filter, limit: options.limit })
        await reader.close()
        for (const { recordId } of last) shown.add(recordId)
        await printer.print(last.toReversed())
      } catch (error) {
        if (!waitsForFile(error)) throw error
      }
      while (options.follow && !signal.aborted && !printer.isDeaf) {
        position = await printNews(details, filter, position, { printer, shown }, waitsForFile)
        if (position.rowid > 0) emptySince = undefined
        await sleep(LOOK_MS, undefined, { signal }).catch(() => {})
      }
    })
  } catch (error) {
    throw await storeFailure(error, context.database)
  } finally {
    details.close()
  }
}

interface NewsReader {
  since(position: Position, filter: RecordFilter): { records: FeatureUsageRecord[]; position: Position }
}

async function printNews(
  details: NewsReader,
  filter: RecordFilter,
  from: Position,
  { printer, shown }: { printer: Printer; shown: Set<string> },
  isHarmless: (error: unknown) => boolean,
): Promise<Position> {
  let position = from
  try {
    for (let isMore = true; isMore;) {
      const found = details.since(position, filter)
      isMore = found.records.length > 0 && !printer.isDeaf
      position = found.position
      await printer.print(found.records.filter(({ recordId }) => !shown.delete(recordId)))
    }
  } catch (error) {
    if (!isHarmless(error)) throw error
    // What comes next is another file's.
    shown.clear()
    position = { rowid: 0 }
  }
  return position
}

interface Printer {
  print(records: readonly FeatureUsageRecord[]): Promise<void>
  /** Whether nobody reads any more. */
  readonly isDeaf: boolean
}

async function printerOf(context: CommandContext): Promise<Printer> {
  const { stdout } = context.io
  const lines = await linesOf(context)
  let isDeaf = false
  const writeAll = (text: string) =>
    new Promise<void>((resolve) => {
      stdout.write(text, (error) => {
        if (error !== null && error !== undefined) isDeaf = true
        resolve()
      })
    })
  if (context.mode === 'csv') await writeAll(`${RECORD_KEYS.join(',')}\n`)
  return {
    print: async (records) => {
      if (records.length > 0) await writeAll(await lines(records))
    },
    get isDeaf() {
      return isDeaf
    },
  }
}

type Lines = (records: readonly FeatureUsageRecord[]) => string | Promise<string>

async function linesOf(context: CommandContext): Promise<Lines> {
  if (context.mode === 'json') {
    const { jsonText } = await import('../output/json.js')
    return (records) => records.map((record) => `${jsonText(recordRow(record))}\n`).join('')
  }
  if (context.mode === 'csv') {
    const { csvLines } = await import('../output/csv.js')
    return (records) => [...csvLines(RECORD_KEYS, records, recordRow, context.io.isTTY)].slice(1).join('')
  }
  return async (records) => {
    const texts: string[] = []
    for (const record of records) texts.push(await lineOf(record, context))
    return texts.join('')
  }
}

const NAME_WIDTH = 24

/** Columns of a fixed width, since what comes is not known. */
async function lineOf(record: FeatureUsageRecord, { width, colors, zone }: CommandContext): Promise<string> {
  const { status } = record
  const name = visible(record.featureName)
  const rest = [
    ...(record.userId === null ? [] : [userText(record.userId)]),
    ...(record.errorMessage === null ? [] : [visible(record.errorMessage)]),
  ].join('  ')
  const measure = await measureFor([name, rest])
  const fitted = measure.fit(name, NAME_WIDTH)
  const cells = [
    localTime(record.startTime, zone),
    fitted + ' '.repeat(Math.max(0, NAME_WIDTH - measure.widthOf(fitted))),
    status.padEnd(7),
    durationText(record.duration).padStart(10),
    rest,
  ]
  const text = cells.join('  ').trimEnd()
  return `${paintStatus(width === undefined ? text : measure.fit(text, width), status, colors)}\n`
}

import type { FeatureUsageRecord } from '../../record/index.js'
import type { CommandContext } from '../context.js'
import { askDatabase } from '../database.js'
import { conditionsText, filterOf, type FilterOptions, userHint } from '../filter.js'
import { briefLocalTime, durationText, localTime, NONE, scoreText, sizeText, userText } from '../output/format.js'
import { paintStatus } from '../output/paint.js'
import { printData, printLine, printTable } from '../output/print.js'
import { RECORD_KEYS, recordRow } from '../output/rows.js'
import type { Column } from '../output/table.js'
import { visible } from '../output/text.js'
import { nothingTracked } from './list-features.js'

export interface ListRecordsOptions extends FilterOptions {
  limit: number
}

/** Single calls, the latest first. @throws CliError when no time lies between `since` and `until` */
export async function listRecords(context: CommandContext, options: ListRecordsOptions): Promise<void> {
  const { limit } = options
  const filter = filterOf(context, options)
  const { found, isEmpty } = await askDatabase(context.database, async (reader) => {
    // One more than wanted tells whether there are more.
    const records = await reader.getRecords({ ...filter, limit: limit + 1 })
    return { found: records, isEmpty: records.length === 0 && (await reader.getRecords({ limit: 1 })).length === 0 }
  })
  const records = found.slice(0, limit)
  if (context.mode !== 'table') return printData(context, RECORD_KEYS, records, recordRow)
  if (records.length === 0) return printLine(context, isEmpty ? nothingTracked(context) : noMatch(context, options))
  const more = found.length > limit ? 'There are older records: see --limit.' : undefined
  return printTable(context, columns(context), records, more)
}

function noMatch(context: CommandContext, options: FilterOptions): string {
  const path = visible(context.database.path)
  return `No records in ${path} match: ${conditionsText(context, options)}${userHint(options.user)}`
}

function columns({ io, zone }: CommandContext): Column<FeatureUsageRecord>[] {
  const now = io.now()
  return [
    {
      header: 'Time',
      text: (row) => localTime(row.startTime, zone),
      short: { text: (row) => briefLocalTime(row.startTime, now, zone) },
    },
    { header: 'Feature', text: (row) => visible(row.featureName), cut: { comfortable: 20, least: 10 } },
    { header: 'Category', text: (row) => row.category, cut: { comfortable: 18, least: 8 }, leaveOut: 6 },
    {
      header: 'Status',
      text: (row) => row.status,
      paint: (text, row, colors) => paintStatus(text, row.status, colors),
    },
    { header: 'Duration', align: 'right', text: (row) => durationText(row.duration), short: { header: 'Took' } },
    {
      header: 'Efficiency',
      align: 'right',
      text: (row) => scoreText(row.efficiencyScore),
      short: { header: 'Eff.' },
      leaveOut: 3,
    },
    { header: 'In', align: 'right', text: (row) => sizeText(row.inputSize), leaveOut: 1 },
    { header: 'Out', align: 'right', text: (row) => sizeText(row.outputSize), leaveOut: 2 },
    { header: 'User', text: (row) => userText(row.userId), cut: { comfortable: 12, least: 9 }, leaveOut: 4 },
    {
      header: 'Error',
      text: (row) => (row.errorMessage === null ? NONE : visible(row.errorMessage)),
      cut: { comfortable: 30, least: 12 },
      leaveOut: 7,
      paint: (text, row, colors) => (row.errorMessage === null ? text : paintStatus(text, row.status, colors)),
    },
  ]
}

import type { FeatureCategory, FeatureStatus, FeatureUsageRecord } from '../../record/index.js'
import type { RecordFilter } from '../../store/index.js'
import type { CommandContext } from '../context.js'
import { askDatabase } from '../database.js'
import { CliError } from '../errors.js'
import { briefLocalTime, durationText, localTime, NONE, scoreText, sizeText, userText } from '../output/format.js'
import { paintStatus } from '../output/paint.js'
import { printData, printLine, printTable } from '../output/print.js'
import { RECORD_KEYS, recordRow } from '../output/rows.js'
import type { Column } from '../output/table.js'
import { visible } from '../output/text.js'
import type { Moment } from '../time-option.js'
import { nothingTracked } from './list-features.js'

export interface ListRecordsOptions {
  feature?: string
  category?: FeatureCategory
  status?: FeatureStatus
  user?: string
  since?: Moment
  until?: Moment
  limit: number
}

/** Single calls, the latest first. @throws CliError when no time lies between `since` and `until` */
export async function listRecords(context: CommandContext, options: ListRecordsOptions): Promise<void> {
  const { since, until, limit } = options
  if (since !== undefined && until !== undefined && since.millis >= until.millis)
    throw new CliError(
      'usage',
      `no time lies between --since ${since.text} and --until ${until.text}`,
      'give an earlier --since or a later --until',
    )
  const { found, isEmpty } = await askDatabase(context.database, async (reader) => {
    // One more than wanted tells whether there are more.
    const records = await reader.getRecords({ ...filterOf(options), limit: limit + 1 })
    return { found: records, isEmpty: records.length === 0 && (await reader.getRecords({ limit: 1 })).length === 0 }
  })
  const records = found.slice(0, limit)
  if (context.mode !== 'table') return printData(context, RECORD_KEYS, records, recordRow)
  if (records.length === 0) return printLine(context, isEmpty ? nothingTracked(context) : noMatch(context, options))
  const more = found.length > limit ? 'There are older records: see --limit.' : undefined
  return printTable(context, columns(context.io.now()), records, more)
}

function filterOf({ feature, category, status, user, since, until }: ListRecordsOptions): RecordFilter {
  return { featureName: feature, category, status, userId: user, since: since?.millis, until: until?.millis }
}

function noMatch({ database }: CommandContext, options: ListRecordsOptions): string {
  const { feature, category, status, user, since, until } = options
  const conditions = Object.entries({
    feature,
    category,
    status,
    user,
    since: momentText(since),
    until: momentText(until),
  })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${visible(value ?? '')}`)
  const words = `No records in ${visible(database.path)} match: ${conditions.join(', ')}`
  return user !== undefined && /^[0-9a-f]{4,63}…?$/.test(user)
    ? `${words}\nA pseudonym has to be given whole; --json shows it.`
    : words
}

/** A time that counts back is also shown as what it came to. */
function momentText(moment: Moment | undefined): string | undefined {
  if (moment === undefined || !/[mhdw]$/i.test(moment.text)) return moment?.text
  return `${moment.text} (${localTime(new Date(moment.millis).toISOString())})`
}

function columns(now: number): Column<FeatureUsageRecord>[] {
  return [
    {
      header: 'Time',
      text: (row) => localTime(row.startTime),
      short: { text: (row) => briefLocalTime(row.startTime, now) },
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

import { describe, it } from 'vitest'
import { timeText } from '../../src/record/index.js'
import type { RecordFilter } from '../../src/store/index.js'
import { WriterConnection } from '../../src/store/sqlite/writer-connection.js'
import { ROW_WIDTH, type SqlValue } from '../../src/store/sqlite/rows.js'
import { tempDatabase } from '../support/temp.js'
import { cases } from '../support/thorough.js'
import { DAY, expectAnswers, FIRST, HOUR, insertPlainly, random, someRows } from './rollup-support.js'

/** More than answers sum up all at once. */
const NAMES = 1500

/** Rows of very many features, each used a few times within three hours around midnight, some of them much. */
function manyNames(count: number, next: () => number): SqlValue[] {
  const values = someRows(count, next)
  for (let at = 0; at < values.length; at += ROW_WIDTH) {
    const name = next() < 0.2 ? 'much' : `name ${String(Math.floor(next() * NAMES)).padStart(4, '0')}`
    values[at + 1] = next() < 0.02 ? 'ﬀ \u{1f600}' : name
    values[at + 5] = timeText(FIRST + DAY - HOUR + Math.floor(next() * 3 * HOUR))
  }
  return values
}

/** Periods that begin and end within hours, at their bounds, and in the same one. */
const FILTERS: readonly RecordFilter[] = [
  {},
  { status: 'failed' },
  { category: 'sysmon' },
  { since: timeAt(-0.4) },
  { until: timeAt(1.3), category: 'mcp_server' },
  { since: timeAt(-0.7), until: timeAt(1.2), status: 'success' },
  { since: timeAt(0.2), until: timeAt(0.21) },
  { since: timeAt(-0.1), until: timeAt(0.1) },
  { since: timeAt(0), until: timeAt(1) },
  { since: timeAt(-1), until: timeAt(2) },
  { since: timeAt(1.999), status: 'timeout', category: 'sysmon' },
]

/** Milliseconds of a time some hours after the midnight that the rows lie around. */
function timeAt(hours: number): number {
  return (FIRST + DAY + hours * HOUR) / 1000
}

describe('answers from the rollups of very many features', () => {
  it('equal plain SQL over the rows, in the sums and beyond them', () => {
    const path = tempDatabase()
    const writer = new WriterConnection(path)
    const next = random(7)
    writer.insert([manyNames(4000, next)])
    writer.insert([manyNames(2500, next)])
    expectAnswers(path, FILTERS.slice(0, cases(4, FILTERS.length)))
    insertPlainly(path, manyNames(300, next))
    expectAnswers(path, FILTERS.slice(3, 8))
    writer.close()
  })
})

import type { SqlValue } from '../../store/index.js'
import { type Column, COLUMN_KINDS, type ColumnKind } from '../rows/columns.js'
import { withoutGuard } from '../rows/formulas.js'
import { parseOdd } from '../rows/odd-values.js'
import { RowProblem, shown } from './row-problem.js'

const WANTED: Readonly<Record<Column, string>> = {
  id: 'a text',
  feature_name: 'a text',
  category: 'a text',
  status: 'a text',
  duration: 'seconds as a number',
  start_time: 'a time as text',
  end_time: 'a time as text',
  input_size: 'bytes as a whole number',
  output_size: 'bytes as a whole number',
  metadata: 'a JSON object, or a text',
  user_id: 'a text',
  session_id: 'a text',
  error_message: 'a text',
  efficiency_score: 'a number from 0 to 1',
  iterations: 'a whole number',
}

/** The value of a cell of CSV. An empty cell that is not quoted is null. @throws RowProblem */
export function valueOfCell(column: Column, text: string, isQuoted: boolean): SqlValue {
  if (!isQuoted && text === '') return null
  const odd = isQuoted ? undefined : parseOdd(text)
  if (odd !== undefined) return odd
  if (COLUMN_KINDS[column] === 'text') return withoutGuard(text)
  return valueOfNumber(column, text.trim())
}

/** The value of a member of a JSON object, from its own text. @throws RowProblem */
export function valueOfJson(column: Column, raw: string): SqlValue {
  if (raw === 'null') return null
  const kind = COLUMN_KINDS[column]
  const first = raw.charAt(0)
  if (first === '[') return oddOfJson(column, raw)
  if (kind !== 'text' && /^[-\d]/.test(raw)) return valueOfNumber(column, raw)
  const value = parseJson(column, raw)
  if (first === '{' && column === 'metadata') return raw
  if (typeof value === 'string' && kind === 'text') return value
  throw wrong(column, raw)
}

function oddOfJson(column: Column, raw: string): SqlValue {
  const list = parseJson(column, raw)
  const [text] = Array.isArray(list) && list.length === 1 ? (list as unknown[]) : []
  const odd = typeof text === 'string' ? parseOdd(text) : undefined
  if (odd === undefined) throw wrong(column, raw)
  return odd
}

/** The value of a Parquet column. @throws RowProblem */
export function valueOfParquet(column: Column, value: unknown): SqlValue {
  if (value === null || value === undefined) return null
  const kind = COLUMN_KINDS[column]
  if (kind === 'text') {
    if (typeof value === 'string') return value
    if (column === 'metadata' && typeof value === 'object') return JSON.stringify(value)
  } else {
    if (typeof value === 'number' && !Number.isNaN(value)) return value
    if (typeof value === 'bigint') return kind === 'real' ? Number(value) : wholeNumber(value)
  }
  throw wrong(column, String(value))
}

const WHOLE = /^[+-]?\d+$/
const REAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
const INFINITE = /^[+-]?inf(?:inity)?$/i

function valueOfNumber(column: Column, text: string): SqlValue {
  const kind: ColumnKind = COLUMN_KINDS[column]
  if (kind === 'integer' && WHOLE.test(text)) return wholeNumber(BigInt(text.replace(/^\+/, '')))
  if (REAL.test(text)) return Number(text)
  if (INFINITE.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  throw wrong(column, text)
}

/** SQLite's integers have 64 bits; what is larger becomes a real number, as SQLite itself would do. */
function wholeNumber(value: bigint): SqlValue {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  return BigInt.asIntN(64, value) === value ? value : number
}

function parseJson(column: Column, raw: string): unknown {
  try {
    return JSON.parse(raw)
  } catch {
    throw new RowProblem(column, `${column} is ${shown(raw)}, which is no JSON: give ${WANTED[column]}`)
  }
}

function wrong(column: Column, text: string): RowProblem {
  return new RowProblem(column, `${column} is ${shown(text)}: give ${WANTED[column]}`)
}

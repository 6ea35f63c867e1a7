import { COLUMNS, type SqlValue } from '../../store/index.js'
import { type Column, REQUIRED } from '../rows/columns.js'
import { RowProblem } from './row-problem.js'

const KNOWN: ReadonlySet<string> = new Set(COLUMNS)

/** What columns have that a file does not name, as the table's definition says. */
const DEFAULTS: Readonly<Partial<Record<Column, SqlValue>>> = { input_size: 0, output_size: 0, iterations: 1 }

export function isColumn(name: string): name is Column {
  return KNOWN.has(name)
}

/** Why names of columns cannot be taken, or undefined where they can. */
export function headProblem(names: readonly string[]): string | undefined {
  const unknown = names.find((name) => !isColumn(name))
  if (unknown !== undefined)
    return `there is a column ${JSON.stringify(unknown)}, which records do not have: the columns are ${COLUMNS.join(', ')}`
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) return `the column ${twice} is there twice`
  const missing = [...REQUIRED].filter((column) => !names.includes(column))
  return missing.length === 0 ? undefined : `it has no column ${missing.join(', ')}`
}

/**
 * A row in the order of the table's columns.
 * @param valueOf undefined where the file does not have the column
 * @throws RowProblem
 */
export function rowOf(valueOf: (column: Column) => SqlValue | undefined): SqlValue[] {
  return COLUMNS.map((column) => {
    const value = valueOf(column)
    if (value === undefined && !REQUIRED.has(column)) return DEFAULTS[column] ?? null
    const isEmpty = value === null || value === undefined || (column === 'id' && value === '')
    if (!isEmpty || !REQUIRED.has(column)) return value ?? null
    // Other programs do not tell an empty text from none.
    if (column === 'session_id') return ''
    throw new RowProblem(column, `${column} is empty: every record has one`)
  })
}

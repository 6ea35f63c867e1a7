import { NONE } from './format.js'
import type { Column } from './table.js'
import type { TextMeasure } from './width.js'

/** A column in the form that was chosen for it, with its width settled. */
export interface Fitted<Row> {
  readonly column: Column<Row>
  readonly header: string
  readonly text: (row: Row) => string
  readonly width: number
  /** Columns below which its text is not cut, at first and at the last. */
  readonly floors: { readonly comfortable: number; readonly least: number }
}

export interface Layout<Row> {
  readonly columns: readonly Fitted<Row>[]
  readonly leftOut: readonly string[]
}

interface Room {
  readonly width: number | undefined
  readonly gap: number
  readonly measure: TextMeasure
}

/**
 * The fullest form of a table that fits: whole; texts cut to what is comfortable; short forms; texts cut to the least;
 * columns left out, those without any value first. Where nothing fits, the last of these.
 */
export function fitLayout<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { width, gap, measure }: Room,
): Layout<Row> {
  const full = columns.map((column) => fitted(column, column.header, column.text, rows, measure))
  if (width === undefined) return { columns: full, leftOut: [] }
  const comfortable = squeezed(full, width, gap, 'comfortable')
  if (comfortable !== undefined) return { columns: comfortable, leftOut: [] }
  const short = full.map((column) => shortened(column, rows, measure))
  const attempt = squeezed(short, width, gap, 'comfortable') ?? squeezed(short, width, gap, 'least')
  return attempt === undefined ? leaveOut(short, rows, width, gap) : { columns: attempt, leftOut: [] }
}

function fitted<Row>(
  column: Column<Row>,
  header: string,
  text: (row: Row) => string,
  rows: readonly Row[],
  { widthOf }: TextMeasure,
): Fitted<Row> {
  const headerWidth = widthOf(header)
  const width = rows.reduce((widest, row) => Math.max(widest, widthOf(text(row))), headerWidth)
  const floor = (least = width) => Math.min(width, Math.max(least, headerWidth))
  return {
    column,
    header,
    text,
    width,
    floors: { comfortable: floor(column.cut?.comfortable), least: floor(column.cut?.least) },
  }
}

function shortened<Row>(full: Fitted<Row>, rows: readonly Row[], measure: TextMeasure): Fitted<Row> {
  const { short } = full.column
  return short === undefined
    ? full
    : fitted(full.column, short.header ?? full.header, short.text ?? full.text, rows, measure)
}

type Bound = 'comfortable' | 'least'

/** The columns with the widest texts cut until all fit, or undefined when their floors do not allow it. */
function squeezed<Row>(
  columns: readonly Fitted<Row>[],
  total: number,
  gap: number,
  bound: Bound,
): Fitted<Row>[] | undefined {
  const room = total - gap * (columns.length - 1)
  const floors = columns.map((column) => column.floors[bound])
  if (sum(floors) > room) return undefined
  const widths = columns.map(({ width }, index) => Math.min(width, Math.max(total, floors[index] ?? 0)))
  for (let excess = sum(widths) - room; excess > 0; excess--) {
    const widest = indexOfWidest(widths, floors)
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return columns.map((column, index) => ({ ...column, width: widths[index] ?? column.width }))
}

/** Of the columns that are still wider than their floor. */
function indexOfWidest(widths: readonly number[], floors: readonly number[]): number {
  let widest = -1
  for (const [index, width] of widths.entries())
    if (width > (floors[index] ?? 0) && width > (widths[widest] ?? -1)) widest = index
  return widest
}

function leaveOut<Row>(columns: readonly Fitted<Row>[], rows: readonly Row[], total: number, gap: number): Layout<Row> {
  let left = columns
  for (const next of leavingOrder(columns, rows)) {
    left = left.filter((column) => column !== next)
    const fitting = squeezed(left, total, gap, 'least')
    if (fitting !== undefined) return { columns: fitting, leftOut: headersWithout(columns, left) }
  }
  return { columns: left, leftOut: headersWithout(columns, left) }
}

function leavingOrder<Row>(columns: readonly Fitted<Row>[], rows: readonly Row[]): Fitted<Row>[] {
  const isFilled = ({ text }: Fitted<Row>) => Number(rows.some((row) => text(row) !== NONE))
  return columns
    .filter(({ column }) => column.leaveOut !== undefined)
    .toSorted((a, b) => isFilled(a) - isFilled(b) || (a.column.leaveOut ?? 0) - (b.column.leaveOut ?? 0))
}

function headersWithout<Row>(columns: readonly Fitted<Row>[], left: readonly Fitted<Row>[]): string[] {
  return columns.filter((column) => !left.includes(column)).map(({ column }) => column.header)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

import type { Colors } from '../context.js'
import { fitLayout, type Fitted } from './layout.js'
import { measureFor, type TextMeasure } from './width.js'

/** A column of a table of `Row`. Cell texts must be safe for a terminal already; see `visible`. */
export interface Column<Row> {
  readonly header: string
  readonly text: (row: Row) => string
  readonly align?: 'right'
  /** A shorter header and cell for where the table does not fit otherwise. */
  readonly short?: { readonly header?: string; readonly text?: (row: Row) => string }
  /** The text may be cut: to no fewer columns than `comfortable` at first, than `least` where need be. */
  readonly cut?: { readonly comfortable: number; readonly least: number }
  /** In which order columns are left out where even that does not help, lowest first; never when absent. */
  readonly leaveOut?: number
  readonly paint?: (text: string, row: Row, colors: Colors) => string
}

export interface Table {
  /** Each ends with a line feed. */
  readonly lines: Iterable<string>
  /** Headers of the columns for which there was no room. */
  readonly leftOut: readonly string[]
}

const GAP = '  '

/** @param width columns to fit into; nothing is shortened when undefined */
export async function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { width, colors }: { width: number | undefined; colors: Colors },
): Promise<Table> {
  const measure = await measureFor(cellTexts(columns, rows))
  const layout = fitLayout(columns, rows, { width, gap: GAP.length, measure })
  return { lines: tableLines(layout.columns, rows, measure, colors), leftOut: layout.leftOut }
}

function* cellTexts<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Generator<string> {
  for (const column of columns) for (const row of rows) yield column.text(row)
}

function* tableLines<Row>(
  columns: readonly Fitted<Row>[],
  rows: readonly Row[],
  measure: TextMeasure,
  colors: Colors,
): Generator<string> {
  const cell = (text: string, fitted: Fitted<Row>) => aligned(measure.fit(text, fitted.width), fitted, measure)
  yield line(columns.map((fitted) => colors.bold(cell(fitted.header, fitted))))
  for (const row of rows) {
    const cells = columns.map((fitted) => {
      const text = cell(fitted.text(row), fitted)
      return fitted.column.paint?.(text, row, colors) ?? text
    })
    yield line(cells)
  }
}

function aligned<Row>(text: string, { width, column }: Fitted<Row>, { widthOf }: TextMeasure): string {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(text)))
  return column.align === 'right' ? blanks + text : text + blanks
}

function line(cells: readonly string[]): string {
  return `${cells.join(GAP).trimEnd()}\n`
}

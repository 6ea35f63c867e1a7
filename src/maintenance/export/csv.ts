import { COLUMNS } from '../../store/index.js'
import { type Column, COLUMN_KINDS } from '../rows/columns.js'
import { FORMULA_STARTS } from '../rows/formulas.js'
import { isPlainSql, oddSql } from '../rows/odd-values.js'
import { realTextSql } from '../rows/real-text.js'
import type { TextFormat } from './text-format.js'

/**
 * CSV after RFC 4180 that keeps every value apart: texts are quoted, numbers are not, and a cell without anything is null.
 * Cells that a spreadsheet would run as formulas get an apostrophe in front, which importing takes away again.
 */
export const CSV: TextFormat = {
  head: `${COLUMNS.join(',')}\n`,
  separator: '\n',
  foot: '\n',
  empty: '',
  row: (careful) => `concat(${COLUMNS.map((column) => cell(column, careful)).join(", ',', ")})`,
}

function cell(column: Column, careful: boolean): string {
  const kind = COLUMN_KINDS[column]
  if (kind === 'text')
    return `CASE WHEN ${isPlainSql(column, careful)} THEN ${textCell(column)} WHEN ${column} IS NULL THEN '' ELSE ${oddSql(column)} END`
  return `CASE typeof(${column}) WHEN 'real' THEN ${realTextSql(column)} WHEN 'integer' THEN ${column} WHEN 'null' THEN '' ELSE ${oddSql(column)} END`
}

/** The first comparisons rule out nearly all texts at little cost: those that begin with a digit or a letter. */
function textCell(column: string): string {
  const isOther = `(${column} < '0' OR ${column} >= ':') AND (${column} < 'A' OR ${column} >= '＋')`
  const isFormula = `${isOther} AND ltrim(${column}, '''') GLOB '[${FORMULA_STARTS}]*'`
  const text = `CASE WHEN instr(${column}, '"') THEN replace(${column}, '"', '""') ELSE ${column} END`
  return `concat(CASE WHEN ${isFormula} THEN '"''' ELSE '"' END, ${text}, '"')`
}

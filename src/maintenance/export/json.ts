import { COLUMNS } from '../../store/index.js'
import { type Column, COLUMN_KINDS } from '../rows/columns.js'
import { isPlainSql, oddSql } from '../rows/odd-values.js'
import { realTextSql } from '../rows/real-text.js'
import type { TextFormat } from './text-format.js'

function row(careful: boolean): string {
  const members = COLUMNS.map((column, at) => `'${at === 0 ? '{' : ','}"${column}":', ${value(column, careful)}`)
  return `concat(${members.join(', ')}, '}')`
}

/** One object a line. */
export const JSON_LINES: TextFormat = { head: '', separator: '\n', foot: '\n', empty: '', row }

/** One array, with an object on each line. */
export const JSON_ARRAY: TextFormat = { head: '[\n', separator: ',\n', foot: '\n]\n', empty: '[]\n', row }

function value(column: Column, careful: boolean): string {
  if (column === 'metadata') return metadata(column, careful)
  return COLUMN_KINDS[column] === 'text' ? text(column, careful) : number(column)
}

function text(column: string, careful: boolean): string {
  return `CASE WHEN ${isPlainSql(column, careful)} THEN json_quote(${column}) WHEN ${column} IS NULL THEN 'null' ELSE ${odd(column)} END`
}

/** JSON has no infinity, but numbers that are read as it. */
function number(column: string): string {
  const real = `CASE ${column} WHEN 9e999 THEN '1e999' WHEN -9e999 THEN '-1e999' ELSE ${realTextSql(column)} END`
  return `CASE typeof(${column}) WHEN 'real' THEN ${real} WHEN 'integer' THEN ${column} WHEN 'null' THEN 'null' ELSE ${odd(column)} END`
}

/** In an array, since neither a text nor a number nor an object can be taken for it. */
function odd(column: string): string {
  return `'["' || ${oddSql(column)} || '"]'`
}

/** An object stands as it is stored, to the last blank, where it fits on a line; other texts are quoted. */
function metadata(column: string, careful: boolean): string {
  const isObject = `${column} GLOB '{*}' AND ${column} NOT GLOB '*[\u0001-\u001f]*' AND instr(${column}, char(0)) = 0 AND json_valid(${column})`
  return `CASE WHEN ${isPlainSql(column, careful)} AND (${column} = '{}' OR (${isObject})) THEN ${column} ELSE ${text(column, careful)} END`
}

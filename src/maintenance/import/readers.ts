import type { SqlValue } from '../../store/index.js'
import { MaintenanceError } from '../error.js'
import type { Column } from '../rows/columns.js'
import { type CsvLine, CsvParser } from './csv-parser.js'
import { JsonArraySplitter, membersOf } from './json-scanner.js'
import { type SourceFile, textOf } from './pieces.js'
import { headProblem, isColumn, rowOf } from './row.js'
import { RowProblem } from './row-problem.js'
import { valueOfCell, valueOfJson } from './values.js'

/** A row where it stands in its file. */
export interface FileRow {
  /** `line 12`, or `row 12` where the file has no lines. */
  readonly place: string
  /** Bytes of the file that were read when it came. */
  readonly read: number
  /** Its values in the order of the table's columns. @throws RowProblem */
  readonly values: () => SqlValue[]
}

/** The rows of a file of records, one by one. @throws MaintenanceError where the file as a whole is wrong */
export async function* rowsOf(file: SourceFile): AsyncGenerator<FileRow> {
  try {
    if (file.format === 'csv') yield* csvRows(file)
    else if (file.format === 'jsonl') yield* jsonLines(file)
    else if (file.format === 'json') yield* jsonArray(file)
    else {
      const { parquetRows } = await import('./parquet-rows.js')
      yield* parquetRows(file)
    }
  } catch (error) {
    if (error instanceof SyntaxError) throw new MaintenanceError('bad_format', `${file.path}: ${error.message}`)
    throw error
  }
}

async function* csvRows(file: SourceFile): AsyncGenerator<FileRow> {
  const parser = new CsvParser()
  let head: readonly string[] | undefined
  let places: ReadonlyMap<Column, number> = new Map()
  for await (const { line, read } of csvLines(file, parser)) {
    if (head === undefined) {
      head = line.cells.map((name) => name.trim())
      requireHead(file, head)
      places = new Map(head.map((name, index) => [name as Column, index]))
      continue
    }
    const width = head.length
    yield { place: `line ${line.line}`, read, values: () => valuesOfLine(line, places, width) }
  }
  if (head === undefined)
    throw new MaintenanceError('bad_format', `${file.path} is empty: the first line names the columns`)
}

async function* csvLines(file: SourceFile, parser: CsvParser): AsyncGenerator<{ line: CsvLine; read: number }> {
  let last = 0
  for await (const { text, read } of textOf(file)) {
    for (const line of parser.push(text)) yield { line, read }
    last = read
  }
  for (const line of parser.end()) yield { line, read: last }
}

function valuesOfLine(line: CsvLine, places: ReadonlyMap<Column, number>, width: number): SqlValue[] {
  if (line.cells.length !== width)
    throw new RowProblem(undefined, `there are ${line.cells.length} cells, the first line names ${width} columns`)
  return rowOf((column) => {
    const at = places.get(column)
    return at === undefined ? undefined : valueOfCell(column, line.cells[at] as string, line.quoted[at] === true)
  })
}

function requireHead(file: SourceFile, names: readonly string[]): void {
  const problem = headProblem(names)
  if (problem !== undefined) throw new MaintenanceError('bad_format', `${file.path}: ${problem}`)
}

async function* jsonLines(file: SourceFile): AsyncGenerator<FileRow> {
  let rest = ''
  let line = 0
  for await (const { text, read } of textOf(file)) {
    const lines = (rest + text).split('\n')
    rest = lines.pop() as string
    for (const content of lines) {
      line++
      if (content.trim() !== '') yield objectRow(line, content, read)
    }
  }
  if (rest.trim() !== '') yield objectRow(line + 1, rest, file.bytes)
}

async function* jsonArray(file: SourceFile): AsyncGenerator<FileRow> {
  const splitter = new JsonArraySplitter()
  for await (const { text, read } of textOf(file))
    for (const object of splitter.push(text)) yield objectRow(object.line, object.text, read)
  splitter.end()
}

function objectRow(line: number, text: string, read: number): FileRow {
  return { place: `line ${line}`, read, values: () => valuesOfObject(line === 1 ? text.replace(/^\ufeff/, '') : text) }
}

function valuesOfObject(text: string): SqlValue[] {
  const members = requireMembers(text)
  for (const name of members.keys())
    if (!isColumn(name)) throw new RowProblem(name, `a record has no ${JSON.stringify(name)}`)
  return rowOf((column) => {
    const raw = members.get(column)
    return raw === undefined ? undefined : valueOfJson(column, raw)
  })
}

function requireMembers(text: string): Map<string, string> {
  try {
    return membersOf(text)
  } catch (error) {
    if (error instanceof SyntaxError) throw new RowProblem(undefined, `it is no JSON object: ${error.message}`)
    throw error
  }
}

import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exportRecords, type FileFormat } from '../../src/maintenance/index.js'
import { COLUMN_NAMES, fileWith, someRow, type Value } from '../maintenance/stored.js'
import { install } from '../support/install.js'
import { copyOfOriginal } from '../support/original.js'
import { tempFolder } from '../support/temp.js'
import { cases } from '../support/thorough.js'

/** The one of bench/neighbours. */
const DUCKDB = '@duckdb/node-api@1.5.6-r.1'
const FOLDER = join(tmpdir(), 'feature-tracking-duckdb-1.5.6-r.1')

interface Connection {
  runAndReadAll(sql: string): Promise<{ getRowsJS(): unknown[][] }>
}

const refused = await install(FOLDER, [DUCKDB], join(FOLDER, 'node_modules/@duckdb/node-api/package.json'))
if (refused !== undefined) console.log(`Reading exports with DuckDB is skipped: ${refused}`)

async function connect(): Promise<Connection> {
  const { DuckDBInstance } = createRequire(join(FOLDER, 'package.json'))('@duckdb/node-api') as {
    DuckDBInstance: { create(path: string): Promise<{ connect(): Promise<Connection> }> }
  }
  return (await DuckDBInstance.create(':memory:')).connect()
}

const TEXTS: ReadonlySet<string> = new Set(
  COLUMN_NAMES.filter((name) => !/^(duration|input_size|output_size|efficiency_score|iterations)$/.test(name)),
)

/** Rows of an exported file as DuckDB reads them; texts as their bytes. */
async function readExport(dbPath: string, format: FileFormat, from: (path: string) => string): Promise<unknown[][]> {
  const path = join(tempFolder(), `out.${format}`)
  await exportRecords({ dbPath, output: { path } })
  const columns = COLUMN_NAMES.map((name) => (TEXTS.has(name) ? `hex(encode(${name}))` : name))
  const result = await (await connect()).runAndReadAll(`SELECT ${columns.join(', ')} FROM ${from(path)}`)
  return result.getRowsJS().map((row) => row.map(comparable))
}

function storedIn(path: string): unknown[][] {
  const database = new BetterSqlite3(path, { readonly: true })
  const columns = COLUMN_NAMES.map((name) =>
    TEXTS.has(name) ? `CASE WHEN ${name} IS NOT NULL THEN hex(${name}) END` : name,
  )
  const rows = database
    .prepare(`SELECT ${columns.join(', ')} FROM feature_usage ORDER BY rowid`)
    .safeIntegers()
    .raw()
  const found = rows.all() as unknown[][]
  database.close()
  return found.map((row) => row.map(comparable))
}

/** Whole numbers come in several types. */
function comparable(value: unknown): unknown {
  return typeof value === 'bigint' || typeof value === 'number' ? `${String(value)} ${Object.is(value, -0)}` : value
}

/** Parquet's texts are UTF-8, which has no halves of surrogate pairs. */
function isUnicode(row: readonly Value[]): boolean {
  return row.every((value) => typeof value !== 'string' || value.isWellFormed())
}

const parquet = (path: string) => `read_parquet('${path}')`

describe.skipIf(refused !== undefined)('DuckDB reads', () => {
  it('in Parquet every value that is stored', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(someRow.filter(isUnicode), { minLength: 1, maxLength: 40, selector: ([id]) => id }),
        async (rows) => {
          const path = await fileWith(rows)
          expect(await readExport(path, 'parquet', parquet)).toEqual(storedIn(path))
        },
      ),
      { numRuns: cases(3, 20), endOnFailure: true },
    )
  })

  it('in Parquet of several row groups all rows, in their order', async () => {
    const rows = Array.from({ length: 12_345 }, (_, n): Value[] => [
      `id ${n}`,
      `feature ${n % 7}`,
      'other',
      'success',
      n / 7,
      '2026-11-24T14:55:00.123456+00:00',
      '2026-11-24T14:55:00.123456+00:00',
      n,
      n * 1000,
      '{}',
      n % 3 === 0 ? null : `user ${n % 50}`,
      's',
      null,
      0.5,
      1,
    ])
    const path = await fileWith(rows)
    const read = await readExport(path, 'parquet', parquet)
    expect(read).toEqual(storedIn(path))
    console.log(`DuckDB: ${read.length} rows of a Parquet export equal those of the database`)
  })

  it.each(['parquet', 'csv'] as const)("in %s the original's rows", async (format) => {
    const path = copyOfOriginal()
    const types = COLUMN_NAMES.map((name) => `'${name}': '${TEXTS.has(name) ? 'VARCHAR' : 'DOUBLE'}'`)
    const csv = (file: string) =>
      `read_csv('${file}', header = true, quote = '"', escape = '"', allow_quoted_nulls = false, columns = {${types.join(', ')}})`
    const read = await readExport(path, format, format === 'csv' ? csv : parquet)
    expect(read).toHaveLength(160)
    expect(read).toEqual(storedIn(path))
  })
})

import { createWriteStream, existsSync, renameSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { cacheFolder, ROOT } from '../root.js'

/** What is used of @duckdb/node-api, which lives among the neighbours and is typed there. */
interface DuckDBModule {
  readonly DuckDBInstance: {
    create(path: string): Promise<{ connect(): Promise<DuckDBConnection>; closeSync(): void }>
  }
}

interface DuckDBConnection {
  run(sql: string): Promise<unknown>
  runAndReadAll(sql: string): Promise<{ getRowsJS(): unknown[][] }>
  closeSync(): void
}

export interface DuckDB {
  ask(sql: string): Promise<unknown[][]>
  close(): void
}

/** A character that no value has. */
const SEPARATOR = 31

const TABLE = `CREATE TABLE feature_usage (
  id VARCHAR PRIMARY KEY, feature_name VARCHAR NOT NULL, category VARCHAR NOT NULL, status VARCHAR NOT NULL,
  duration DOUBLE NOT NULL, start_time TIMESTAMP NOT NULL, end_time TIMESTAMP NOT NULL, input_size BIGINT,
  output_size BIGINT, metadata VARCHAR, user_id VARCHAR, session_id VARCHAR NOT NULL, error_message VARCHAR,
  efficiency_score DOUBLE, iterations INTEGER)`

/** DuckDB over a table of its own with the rows of a file, all its threads; undefined where it is not installed. */
export async function openDuckDB(file: string): Promise<DuckDB | undefined> {
  const loaded = loadModule()
  if (loaded === undefined) return undefined
  const path = file.replace(/\.db$/, '.duckdb')
  if (!existsSync(path)) await fill(loaded, file, path)
  const instance = await loaded.DuckDBInstance.create(path)
  const connection = await instance.connect()
  return {
    ask: async (sql) => (await connection.runAndReadAll(sql)).getRowsJS(),
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

function loadModule(): DuckDBModule | undefined {
  try {
    return createRequire(join(ROOT, 'bench/neighbours/package.json'))('@duckdb/node-api') as DuckDBModule
  } catch {
    return undefined
  }
}

/** Its extension for SQLite files would have to be fetched; text that both understand needs nothing. */
async function fill({ DuckDBInstance }: DuckDBModule, file: string, path: string): Promise<void> {
  const text = join(cacheFolder('tmp'), `rows-${process.pid}.csv`)
  const unfinished = `${path}.part`
  rmSync(unfinished, { force: true })
  await writeText(file, text)
  const instance = await DuckDBInstance.create(unfinished)
  const connection = await instance.connect()
  await connection.run(TABLE)
  await connection.run(
    `INSERT INTO feature_usage SELECT * FROM read_csv('${text}', header = false, delim = chr(${SEPARATOR}), quote = '', escape = '', nullstr = '', all_varchar = true)`,
  )
  await connection.run('CHECKPOINT')
  connection.closeSync()
  instance.closeSync()
  rmSync(text)
  renameSync(unfinished, path)
}

async function writeText(file: string, text: string): Promise<void> {
  const database = new BetterSqlite3(file, { readonly: true })
  const output = createWriteStream(text)
  const columns = database.prepare<[], string>("SELECT name FROM pragma_table_info('feature_usage')").pluck().all()
  const line = columns.map((name) => `coalesce(${name}, '')`).join(` || char(${SEPARATOR}) || `)
  let lines: string[] = []
  const write = async (): Promise<void> => {
    if (!output.write(`${lines.join('\n')}\n`)) await once(output, 'drain')
    lines = []
  }
  for (const row of database
    .prepare<[], string>(`SELECT ${line} FROM feature_usage ORDER BY rowid`)
    .pluck()
    .iterate()) {
    lines.push(row)
    if (lines.length >= 10_000) await write()
  }
  if (lines.length > 0) await write()
  output.end()
  await once(output, 'finish')
  database.close()
}

import type { Database } from 'better-sqlite3'
import { type SchemaStatus, StoreError } from '../contract.js'
import { ROLLUP_SCHEMA } from './rollup/tables.js'
import { COLUMNS, FEATURE_USAGE_INDEXES, FEATURE_USAGE_TABLE, FIND_TABLE, TRACES_SCHEMA } from './schema.js'

interface Migration {
  readonly version: number
  readonly name: string
  readonly apply: (database: Database) => void
}

/** Forward only, numbered without gaps. A step that has been released is never changed. */
const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: 'documented table and indexes',
    apply: (database) => {
      if (!hasTable(database, 'feature_usage')) database.exec(FEATURE_USAGE_TABLE)
      for (const index of FEATURE_USAGE_INDEXES) database.exec(index)
    },
  },
  {
    version: 2,
    name: 'rollups',
    apply: (database) => {
      for (const statement of ROLLUP_SCHEMA) database.exec(statement)
    },
  },
  {
    version: 3,
    name: 'traces',
    apply: (database) => {
      for (const statement of TRACES_SCHEMA) database.exec(statement)
    },
  },
]

const LATEST = MIGRATIONS.length

/** The steps that a file of a version lacks. */
export function pendingSteps(current: number): { readonly version: number; readonly name: string }[] {
  return MIGRATIONS.slice(current).map(({ version, name }) => ({ version, name }))
}

const VERSIONS_TABLE = `CREATE TABLE IF NOT EXISTS feature_tracking_schema (
    version INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    applied_at TEXT NOT NULL
)`

/**
 * The version of a file, read without changing it.
 * @throws StoreError `newer_schema` or `not_ours`
 */
export function schemaStatus(database: Database): SchemaStatus {
  const current = hasTable(database, 'feature_tracking_schema')
    ? (database.prepare<[], number>('SELECT coalesce(max(version), 0) FROM feature_tracking_schema').pluck().get() ?? 0)
    : 0
  if (current > LATEST)
    throw new StoreError(
      'newer_schema',
      `${database.name} has schema version ${current}, this version of @cloudcurio/feature-tracking knows up to ${LATEST}: update the package. The file was left as it is.`,
    )
  refuseOtherTable(database)
  return { current, latest: LATEST }
}

/** Applies what lacks, in one transaction with the record of each step. */
export function migrate(database: Database): SchemaStatus {
  if (schemaStatus(database).current === LATEST) return { current: LATEST, latest: LATEST }
  database
    .transaction(() => {
      // Asked again inside the transaction: another process may have been faster.
      const { current } = schemaStatus(database)
      database.exec(VERSIONS_TABLE)
      const record = database.prepare(
        'INSERT INTO feature_tracking_schema (version, name, applied_at) VALUES (?, ?, ?)',
      )
      for (const migration of MIGRATIONS.slice(current)) {
        migration.apply(database)
        record.run(migration.version, migration.name, new Date().toISOString())
      }
    })
    .immediate()
  return schemaStatus(database)
}

export function hasTable(database: Database, name: string): boolean {
  return database.prepare(FIND_TABLE).get(name) !== undefined
}

function refuseOtherTable(database: Database): void {
  const found = database.prepare<[], string>("SELECT name FROM pragma_table_info('feature_usage')").pluck().all()
  const missing = COLUMNS.filter((column) => !found.includes(column))
  if (found.length > 0 && missing.length > 0)
    throw new StoreError(
      'not_ours',
      `${database.name} has a table feature_usage without ${missing.join(', ')}: it is not ours and was left as it is. Give another path.`,
    )
}

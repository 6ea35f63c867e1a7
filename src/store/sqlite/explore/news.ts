import type { Database } from 'better-sqlite3'
import type { StoragePosition, StoreStatus } from '../../explore.js'
import { hasTable, schemaStatus } from '../migrations.js'
import { rollupStatus } from '../rollup/upkeep.js'
import type { Row } from '../rows.js'
import { COLUMNS } from '../schema.js'

export interface NewRows {
  readonly position: StoragePosition | undefined
  readonly continues: boolean
  readonly count: number
  readonly rows: Row[]
}

/** What was stored after a place, by row ids: they grow with each row, whoever writes it. */
export function newRows(database: Database, after: StoragePosition | undefined, limit: number): NewRows {
  const last = database
    .prepare<[], [rowid: number, id: string]>('SELECT rowid, id FROM feature_usage ORDER BY rowid DESC LIMIT 1')
    .raw()
    .get()
  const position = last === undefined ? undefined : { rowid: last[0], recordId: last[1] }
  if (after === undefined) return { position, continues: true, count: 0, rows: [] }
  if (!isStillThere(database, after)) return { position, continues: false, count: 0, rows: [] }
  const rows = database
    .prepare<[number, number], Row>(
      `SELECT ${COLUMNS.join(', ')} FROM feature_usage WHERE rowid > ? ORDER BY rowid DESC LIMIT ?`,
    )
    .raw()
    .all(after.rowid, limit)
  return { position, continues: true, count: Math.max(0, (position?.rowid ?? 0) - after.rowid), rows }
}

/** Row 0 stands for an empty table. */
function isStillThere(database: Database, { rowid, recordId }: StoragePosition): boolean {
  if (rowid === 0) return true
  return database.prepare('SELECT 1 FROM feature_usage WHERE rowid = ? AND id = ?').get(rowid, recordId) !== undefined
}

export function storeStatus(database: Database): StoreStatus {
  return {
    schema: schemaStatus(database),
    rows: database.prepare<[], number | null>('SELECT max(rowid) FROM feature_usage').pluck().get() ?? 0,
    rollups: hasTable(database, 'feature_rollup_state') ? rollupStatus(database) : undefined,
  }
}

import { existsSync } from 'node:fs'
import { resolveSettings } from '../../config/index.js'
import {
  createDatabase,
  InTurn,
  insertStored,
  openForUpkeep,
  originOf,
  RollupWriter,
  type StoredRow,
  toStoreError,
} from '../../store/sqlite/housekeeping/index.js'
import { MaintenanceError } from '../error.js'
import { requireFile } from '../files.js'
import { formatOf } from './archive.js'

export interface UnarchiveOptions {
  readonly from: string
  /** Default: `FEATURE_TRACKING_DB_PATH`, else the default path. */
  readonly dbPath?: string | undefined
  /** Only read the archive, and tell whether it is whole. */
  readonly dryRun?: boolean | undefined
  /** Told how many rows have been read. */
  readonly onProgress?: ((rows: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

export interface Unarchived {
  readonly path: string
  readonly dryRun: boolean
  /** Rows in the archive. */
  readonly rows: number
  /** Rows that were not in the database. */
  readonly inserted: number
  readonly checksum: string
  readonly seconds: number
}

/** Rows that one transaction inserts. */
const ROWS_PER_STEP = 250

/**
 * Brings the rows of an archive back. It is read to its end first: of a damaged one nothing is taken. A row that is in the
 * database is left as it is, so that this may be done again. Rows that were moved out of the same database are in its sums
 * already; those of another one are added to them.
 *
 * @throws MaintenanceError, StoreError
 */
export async function unarchive(options: UnarchiveOptions): Promise<Unarchived> {
  const started = performance.now()
  const from = requireFile(options.from, 'the archive')
  const { dbPath } = resolveSettings({ dbPath: options.dbPath })
  const format = formatOf(from)
  const {
    rows,
    checksum,
    database: origin,
  } = await format.read(from, () => {
    options.signal?.throwIfAborted()
  })
  try {
    const inserted = options.dryRun === true ? 0 : await insertAll(from, dbPath, origin, options)
    const seconds = (performance.now() - started) / 1000
    return { path: dbPath, dryRun: options.dryRun === true, rows, inserted, checksum, seconds }
  } catch (error) {
    if (options.signal?.aborted === true || error instanceof MaintenanceError) throw error
    throw toStoreError(error, dbPath)
  }
}

async function insertAll(from: string, dbPath: string, origin: string, options: UnarchiveOptions): Promise<number> {
  if (!existsSync(dbPath)) createDatabase(dbPath)
  const database = openForUpkeep(dbPath)
  const turn = new InTurn(dbPath, options.signal)
  const rollups = new RollupWriter(database)
  const areCounted = originOf(database) === origin
  let [read, inserted] = [0, 0]
  let waiting: StoredRow[] = []
  const insert = async () => {
    const rows = waiting
    for (let done: number | undefined; done === undefined && rows.length > 0;) {
      done = await turn.run(() => insertStored(database, rollups, rows, areCounted))
      inserted += done ?? 0
    }
    waiting = []
    options.onProgress?.(read)
  }
  try {
    await formatOf(from).read(from, async (row) => {
      read++
      waiting.push(row)
      if (waiting.length >= ROWS_PER_STEP) await insert()
    })
    await insert()
    return inserted
  } finally {
    turn.close()
    database.close()
  }
}

import { statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Database } from 'better-sqlite3'
import { ensurePrivateFolder, resolveSettings } from '../../config/index.js'
import { timeText } from '../../record/index.js'
import {
  countRows,
  InTurn,
  openForReading,
  openForUpkeep,
  originOf,
  removeIds,
  RollupWriter,
  storedRows,
  toStoreError,
} from '../../store/sqlite/housekeeping/index.js'
import { type CleanupLimits, cutOf, requireLimits, wantedOf } from '../cleanup/limits.js'
import { MaintenanceError } from '../error.js'
import { lookAt, makeDraft, publish, removeDraft, requirePath, stampOf } from '../files.js'
import type { ArchiveFormat } from './format.js'
import { jsonLines } from './jsonl.js'

export interface ArchiveProgress {
  readonly phase: 'write' | 'verify' | 'remove'
  /** Rows. */
  readonly done: number
  readonly total: number
}

export interface ArchiveOptions extends Omit<CleanupLimits, 'maxBytes'> {
  /** Default: `FEATURE_TRACKING_DB_PATH`, else the default path. */
  readonly dbPath?: string | undefined
  /** The file to make. Default: a name with the time, in `archives` beside the database. */
  readonly to?: string | undefined
  /** Only tell what would be moved. */
  readonly dryRun?: boolean | undefined
  readonly onProgress?: ((progress: ArchiveProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

export interface Archive {
  /** Null where there was nothing to move, or with `dryRun`. */
  readonly path: string | null
  readonly dryRun: boolean
  /** Rows in the archive, or that would be. */
  readonly rows: number
  /** Rows that were removed from the database: fewer where somebody else removed some meanwhile. */
  readonly removed: number
  readonly bytes: number
  readonly checksum: string | null
  /** The rows started before this time; null where none had to go. */
  readonly before: string | null
  readonly seconds: number
}

/** Rows that one transaction removes. */
const ROWS_PER_STEP = 250

/**
 * Moves old rows into a compressed file. They are removed from the database only when the file is on the disk under its
 * name and has been read back whole. Whenever this is broken off, each row is in the one or in the other, or in both; both
 * is no harm, since a row that comes back is stored once. The sums stay, and so do all statistics.
 *
 * @throws TypeError for a bad option, MaintenanceError, StoreError
 */
export async function archive(options: ArchiveOptions): Promise<Archive> {
  requireLimits({ ...options, maxBytes: undefined })
  const { dbPath } = resolveSettings({ dbPath: options.dbPath })
  const started = performance.now()
  try {
    const found = options.dryRun === true ? plan(dbPath, options) : await move(dbPath, options)
    return { ...found, seconds: (performance.now() - started) / 1000 }
  } catch (error) {
    if (options.signal?.aborted === true || error instanceof MaintenanceError) throw error
    throw toStoreError(error, dbPath)
  }
}

type Outcome = Omit<Archive, 'seconds'>

const NOTHING: Outcome = { path: null, dryRun: false, rows: 0, removed: 0, bytes: 0, checksum: null, before: null }

function plan(dbPath: string, options: ArchiveOptions): Outcome {
  const database = openForReading(dbPath)
  try {
    const until = cutOf(database, options)
    if (until === undefined) return { ...NOTHING, dryRun: true }
    const rows = countRows(database, { ...wantedOf(options), until })
    return { ...NOTHING, dryRun: true, rows, before: timeText(until) }
  } finally {
    database.close()
  }
}

async function move(dbPath: string, options: ArchiveOptions): Promise<Outcome> {
  const target = targetOf(dbPath, options.to)
  const database = openForUpkeep(dbPath)
  try {
    const until = cutOf(database, options)
    const total = until === undefined ? 0 : countRows(database, { ...wantedOf(options), until })
    if (until === undefined || total === 0) return NOTHING
    const run = new ArchiveRun(database, dbPath, { ...options, until, total })
    const { rows, checksum, bytes } = await run.write(target)
    return {
      path: target,
      dryRun: false,
      rows,
      removed: await run.remove(target),
      bytes,
      checksum,
      before: timeText(until),
    }
  } finally {
    database.close()
  }
}

function targetOf(dbPath: string, to: string | undefined): string {
  const folder = join(dirname(dbPath), 'archives')
  const target = requirePath(to ?? join(folder, `${basename(dbPath)}.${stampOf(Date.now())}.jsonl.gz`), 'the archive')
  formatOf(target)
  if (lookAt(target) !== undefined)
    throw new MaintenanceError('exists', `${target} is there already: give another path`)
  ensurePrivateFolder(dirname(target))
  return target
}

const FORMATS: readonly ArchiveFormat[] = [jsonLines]

/** The format that a file's name tells. @throws MaintenanceError `refused` */
export function formatOf(path: string): ArchiveFormat {
  const found = FORMATS.find(({ suffix }) => path.endsWith(suffix))
  if (found !== undefined) return found
  const suffixes = FORMATS.map(({ suffix }) => suffix).join(' or ')
  throw new MaintenanceError(
    'refused',
    `${path} has a name of no format of archives: give one that ends in ${suffixes}`,
  )
}

interface RunOptions extends ArchiveOptions {
  readonly until: number
  readonly total: number
}

class ArchiveRun {
  readonly #database: Database
  readonly #dbPath: string
  readonly #options: RunOptions

  constructor(database: Database, dbPath: string, options: RunOptions) {
    this.#database = database
    this.#dbPath = dbPath
    this.#options = options
  }

  async write(target: string): Promise<{ rows: number; checksum: string; bytes: number }> {
    const draft = makeDraft(target)
    try {
      const format = formatOf(target)
      const { until } = this.#options
      const head = {
        format: 'feature-tracking-archive',
        version: 1,
        database: originOf(this.#database) ?? '',
        created: new Date().toISOString(),
        until,
      } as const
      const written = await format.write(draft, head, this.#rows())
      const verified = await format.read(draft, this.#tick('verify'))
      if (verified.rows !== written.rows || verified.checksum !== written.checksum)
        throw new MaintenanceError(
          'damaged',
          `${target} could not be read back as it was written: the disk may be failing`,
        )
      const bytes = statSync(draft).size
      publish(draft, target, false)
      return { rows: written.rows, checksum: written.checksum, bytes }
    } finally {
      removeDraft(draft)
    }
  }

  *#rows() {
    const tick = this.#tick('write')
    for (const row of storedRows(this.#database, { ...wantedOf(this.#options), until: this.#options.until })) {
      tick()
      yield row
    }
  }

  /** By the ids in the file, so that no row goes that is not in it. */
  async remove(target: string): Promise<number> {
    const turn = new InTurn(this.#dbPath, this.#options.signal)
    const rollups = new RollupWriter(this.#database)
    const tick = this.#tick('remove')
    let ids: string[] = []
    let removed = 0
    const removeAll = async () => {
      for (let done: number | undefined; done === undefined && ids.length > 0;) {
        done = await turn.run(() => removeIds(this.#database, rollups, ids, this.#options.until))
        removed += done ?? 0
      }
      ids = []
    }
    try {
      await formatOf(target).read(target, async ([id]) => {
        tick()
        ids.push(String(id))
        if (ids.length >= ROWS_PER_STEP) await removeAll()
      })
      await removeAll()
      return removed
    } finally {
      turn.close()
    }
  }

  #tick(phase: ArchiveProgress['phase']): () => void {
    let done = 0
    const { onProgress, signal, total } = this.#options
    return () => {
      if (++done % 1000 !== 0) return
      signal?.throwIfAborted()
      onProgress?.({ phase, done, total: Math.max(done, total) })
    }
  }
}

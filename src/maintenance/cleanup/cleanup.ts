import type { Database } from 'better-sqlite3'
import { resolveSettings } from '../../config/index.js'
import { timeText } from '../../record/index.js'
import {
  countRows,
  dropSums,
  InTurn,
  openForReading,
  openForUpkeep,
  RollupWriter,
  RowRemoval,
  Shrinking,
  spaceOf,
  toStoreError,
  vacuumWhole,
  writeBack,
} from '../../store/sqlite/housekeeping/index.js'
import { bytesOfRow, type CleanupLimits, cutOf, cutOfBytes, requireLimits, wantedOf } from './limits.js'

export interface CleanupProgress {
  readonly phase: 'rows' | 'space'
  /** Rows, or bytes of free space. */
  readonly done: number
  readonly total: number
}

export interface CleanupOptions extends CleanupLimits {
  /** Default: `FEATURE_TRACKING_DB_PATH`, else the default path. */
  readonly dbPath?: string | undefined
  /** Only tell what would go. */
  readonly dryRun?: boolean | undefined
  /** Let the sums of the removed rows go, too: statistics forget them. Default: false. */
  readonly dropStatistics?: boolean | undefined
  /** Write the whole file anew, for files that cannot shrink otherwise. Nobody can write meanwhile. Default: false. */
  readonly vacuum?: boolean | undefined
  readonly onProgress?: ((progress: CleanupProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

export interface Cleanup {
  readonly path: string
  readonly dryRun: boolean
  /** Rows that were removed, or would be. */
  readonly rows: number
  /** Bytes that these rows took, about. */
  readonly rowBytes: number
  /** Rows that started before this time are the ones; null where none had to go. */
  readonly before: string | null
  readonly bytesBefore: number
  readonly bytesAfter: number
  /** Bytes of the file afterwards that hold nothing and could not be given back. */
  readonly freeBytes: number
  /** Whether the file can give free space back little by little; where not, `vacuum` does it at once. */
  readonly canShrink: boolean
  readonly seconds: number
}

/** How long one transaction holds the lock. */
const STEP_MS = 12

/** By size: the mean row is not each row, so that a few rounds may be needed. */
const MAX_ROUNDS = 8

const DAY_MICROS = 86_400_000_000

/** Attempts to have the log written back while others write. */
const WRITE_BACK_ATTEMPTS = 20

/**
 * Removes old rows, and gives their space back to the system, in short transactions in turn with others that write. The
 * sums stay, and with them all statistics, unless `dropStatistics` is given.
 *
 * @throws TypeError for a bad option, StoreError
 */
export async function cleanup(options: CleanupOptions): Promise<Cleanup> {
  requireLimits(options)
  const { dbPath } = resolveSettings({ dbPath: options.dbPath })
  try {
    return options.dryRun === true ? plan(dbPath, options) : await new CleanupRun(dbPath, options).run()
  } catch (error) {
    if (options.signal?.aborted === true) throw error
    throw toStoreError(error, dbPath)
  }
}

function plan(path: string, options: CleanupOptions): Cleanup {
  const started = performance.now()
  const database = openForReading(path)
  try {
    const space = spaceOf(database)
    const cuts = [cutOf(database, options), cutOfBytes(database, options, space)].filter((cut) => cut !== undefined)
    const until = cuts.length === 0 ? undefined : Math.max(...cuts)
    const rows = until === undefined ? 0 : countRows(database, { ...wantedOf(options), until })
    const rowBytes = rows === 0 ? 0 : Math.round(rows * bytesOfRow(space, countRows(database, {})))
    const { bytes, freeBytes, canShrink } = space
    const after = canShrink || options.vacuum === true ? Math.max(0, bytes - freeBytes - rowBytes) : bytes
    return {
      path,
      dryRun: true,
      rows,
      rowBytes,
      before: until === undefined ? null : timeText(until),
      bytesBefore: bytes,
      bytesAfter: after,
      freeBytes: after === bytes ? freeBytes + rowBytes : 0,
      canShrink,
      seconds: (performance.now() - started) / 1000,
    }
  } finally {
    database.close()
  }
}

class CleanupRun {
  readonly #path: string
  readonly #options: CleanupOptions
  readonly #database: Database
  readonly #turn: InTurn
  readonly #started = performance.now()
  #removed = 0
  #until: number | undefined

  constructor(path: string, options: CleanupOptions) {
    this.#path = path
    this.#options = options
    this.#database = openForUpkeep(path)
    this.#turn = new InTurn(path, options.signal)
  }

  async run(): Promise<Cleanup> {
    try {
      const before = spaceOf(this.#database)
      const rowBytes = bytesOfRow(before, countRows(this.#database, {}))
      const cut = cutOf(this.#database, this.#options)
      if (cut !== undefined) await this.#removeBefore(cut)
      await this.#makeSmall()
      if (this.#options.dropStatistics === true && this.#until !== undefined) await this.#dropStatistics(this.#until)
      await this.#giveBack()
      const after = spaceOf(this.#database)
      return {
        path: this.#path,
        dryRun: false,
        rows: this.#removed,
        rowBytes: Math.round(rowBytes * this.#removed),
        before: this.#until === undefined ? null : timeText(this.#until),
        bytesBefore: before.bytes,
        bytesAfter: after.bytes,
        freeBytes: after.freeBytes,
        canShrink: after.canShrink,
        seconds: (performance.now() - this.#started) / 1000,
      }
    } finally {
      this.#turn.close()
      this.#database.close()
    }
  }

  async #makeSmall(): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const cut = cutOfBytes(this.#database, this.#options, spaceOf(this.#database), round)
      if (cut === undefined || !(await this.#removeBefore(cut))) return
      // What cannot be given back shows only when all else was.
      await this.#shrink()
    }
  }

  /** @returns whether any row went */
  async #removeBefore(until: number): Promise<boolean> {
    const { onProgress } = this.#options
    const question = { ...wantedOf(this.#options), until }
    const total = onProgress === undefined ? 0 : this.#removed + countRows(this.#database, question)
    const removal = new RowRemoval(this.#database, question)
    const removedBefore = this.#removed
    this.#until = Math.max(until, this.#until ?? -Infinity)
    for (let isMore = true; isMore;) {
      isMore = await this.#turn.run(() => removal.step(STEP_MS))
      this.#removed = removedBefore + removal.removed
      onProgress?.({ phase: 'rows', done: this.#removed, total: Math.max(total, this.#removed) })
    }
    return removal.removed > 0
  }

  async #dropStatistics(cut: number): Promise<void> {
    const rollups = new RollupWriter(this.#database)
    const until = this.#wholeDay(cut)
    await this.#turn.run(() => {
      dropSums(this.#database, rollups, { ...wantedOf(this.#options), until })
    })
  }

  /** The end of the cut's day, where no row of it is left. */
  #wholeDay(cut: number): number {
    const end = Math.ceil(cut / DAY_MICROS) * DAY_MICROS
    return countRows(this.#database, { ...wantedOf(this.#options), until: end }) === 0 ? end : cut
  }

  async #giveBack(): Promise<void> {
    if (this.#options.vacuum === true) {
      await this.#turn.run(() => {
        vacuumWhole(this.#database)
      })
    } else await this.#shrink()
    for (let attempt = 0; attempt < WRITE_BACK_ATTEMPTS; attempt++)
      if (await this.#turn.run(() => writeBack(this.#database))) return
  }

  async #shrink(): Promise<void> {
    const shrinking = new Shrinking(this.#database)
    const total = spaceOf(this.#database).freeBytes
    for (let isMore = true; isMore;) {
      isMore = await this.#turn.run(() => shrinking.step(STEP_MS))
      const left = spaceOf(this.#database).freeBytes
      this.#options.onProgress?.({ phase: 'space', done: Math.max(0, total - left), total })
    }
  }
}

import type { Database } from 'better-sqlite3'

/** What a database file takes. */
export interface Space {
  readonly bytes: number
  /** Bytes in it that hold nothing; coming records take them first. */
  readonly freeBytes: number
  /** Whether free pages can be given back little by little. Files of the Python original cannot, until a full VACUUM. */
  readonly canShrink: boolean
}

const INCREMENTAL = 2

export function spaceOf(database: Database): Space {
  const number = (pragma: string): number => database.pragma(pragma, { simple: true }) as number
  const pageSize = number('page_size')
  return {
    bytes: number('page_count') * pageSize,
    freeBytes: number('freelist_count') * pageSize,
    canShrink: number('auto_vacuum') === INCREMENTAL,
  }
}

/** Pages of the first step, before it is known how long one takes. */
const FIRST_PAGES = 64
const MAX_PAGES = 4096

/** Gives free pages back to the system, in short transactions. */
export class Shrinking {
  readonly #database: Database
  #pages = FIRST_PAGES

  constructor(database: Database) {
    this.#database = database
  }

  /**
   * @param maxMillis how long it may take, as far as the ones before tell
   * @returns whether there is more to give back
   * @throws where another connection has the lock
   */
  step(maxMillis: number): boolean {
    if (!spaceOf(this.#database).canShrink || this.#free() === 0) return false
    const started = performance.now()
    this.#database.pragma(`incremental_vacuum(${this.#pages})`)
    const rate = maxMillis / Math.max(0.1, performance.now() - started)
    this.#pages = Math.round(Math.min(MAX_PAGES, Math.max(8, this.#pages * Math.min(2, Math.max(0.25, rate)))))
    return this.#free() > 0
  }

  #free(): number {
    return this.#database.pragma('freelist_count', { simple: true }) as number
  }
}

/** Writes a database anew without its free pages, and so that it can shrink from now on. Nobody else can write meanwhile. */
export function vacuumWhole(database: Database): void {
  database.pragma(`auto_vacuum = ${INCREMENTAL}`)
  database.exec('VACUUM')
}

/**
 * Writes the log back into the file: only then does it become smaller. What others need stays.
 * @returns whether all of it was written back
 */
export function writeBack(database: Database): boolean {
  const [{ log, checkpointed }] = database.pragma('wal_checkpoint(PASSIVE)') as [{ log: number; checkpointed: number }]
  return log === checkpointed
}

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { Database, Statement } from 'better-sqlite3'

const HEADER_BYTES = 32
const PAGE_SIZE_AT = 8
const SALT_AT = 16
const SALT_BYTES = 8

const FRAME_HEADER_BYTES = 24
const FRAME_SALT_AT = 8

/** How far a write-ahead log is in use. */
export interface LogUse {
  /** Bytes of the frames since the log was last begun anew; what lies behind them will be written over. */
  readonly bytes: number
  /** Differs each time that the log is begun anew; 0 where there is none. */
  readonly round: bigint
}

/** The salt of frames that a transaction has written since it wrote one again, until it ends. */
const NO_SALT = 0n

const NOTHING: LogUse = { bytes: 0, round: 0n }

/**
 * Looks how far the write-ahead log of a database is in use: the file keeps its size when it is begun anew. Every frame
 * bears the salt of its round, so that the end of the last round is found by halving. SQLite takes no lock on this file, so
 * it can be opened and closed here without losing one.
 *
 * @param midway whether frames of a transaction that has not ended count, too: of these, what a former one has left behind
 * that was rolled back cannot be told apart
 * @see https://www.sqlite.org/fileformat.html#the_write_ahead_log
 */
export function logUse(dbPath: string, midway = false): LogUse {
  return readLog(dbPath, NOTHING, (descriptor, header) => readUse(descriptor, header, midway))
}

/**
 * Says the same of what is committed, for a fiftieth of the time: SQLite tells how many frames there are, and only the
 * round is read. The connection must be in no transaction.
 */
export class CommittedLog {
  readonly #dbPath: string
  readonly #frames: Statement<[], [busy: number, log: number, checkpointed: number]>
  readonly #frameBytes: number

  constructor(database: Database, dbPath: string) {
    this.#dbPath = dbPath
    this.#frames = database
      .prepare<[], [busy: number, log: number, checkpointed: number]>('PRAGMA wal_checkpoint(NOOP)')
      .raw()
    this.#frameBytes = FRAME_HEADER_BYTES + (database.pragma('page_size', { simple: true }) as number)
  }

  /**
   * Undefined where SQLite does not tell.
   * @throws SqliteError
   */
  use(): LogUse | undefined {
    const round = readLog(this.#dbPath, 0n, (_, header) => header.readBigUInt64BE(SALT_AT))
    const [busy, frames] = this.#frames.get() ?? [1, -1]
    return busy !== 0 || frames < 0 ? undefined : { bytes: HEADER_BYTES + frames * this.#frameBytes, round }
  }
}

/** @param otherwise where there is no log */
function readLog<T>(dbPath: string, otherwise: T, read: (descriptor: number, header: Buffer) => T): T {
  let descriptor: number
  try {
    descriptor = openSync(`${dbPath}-wal`, 'r')
  } catch {
    return otherwise
  }
  try {
    const header = Buffer.alloc(HEADER_BYTES)
    return readSync(descriptor, header, 0, HEADER_BYTES, 0) < HEADER_BYTES ? otherwise : read(descriptor, header)
  } catch {
    return otherwise
  } finally {
    closeSync(descriptor)
  }
}

function readUse(descriptor: number, header: Buffer, midway: boolean): LogUse {
  const round = header.readBigUInt64BE(SALT_AT)
  const frameBytes = FRAME_HEADER_BYTES + header.readUInt32BE(PAGE_SIZE_AT)
  const salt = Buffer.alloc(SALT_BYTES)
  const isOfRound = (frame: number): boolean => {
    const at = HEADER_BYTES + frame * frameBytes + FRAME_SALT_AT
    if (readSync(descriptor, salt, 0, SALT_BYTES, at) < SALT_BYTES) return false
    const found = salt.readBigUInt64BE()
    return found === round || (midway && found === NO_SALT)
  }
  let first = 0
  let end = Math.floor((fstatSync(descriptor).size - HEADER_BYTES) / frameBytes)
  while (first < end) {
    const middle = (first + end) >> 1
    if (isOfRound(middle)) first = middle + 1
    else end = middle
  }
  return { bytes: HEADER_BYTES + first * frameBytes, round }
}

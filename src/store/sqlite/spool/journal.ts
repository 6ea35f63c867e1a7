import {
  closeSync,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  futimesSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
  writevSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { ensurePrivateFolder } from '../../../config/index.js'
import {
  type Entry,
  ENTRY_HEADER_BYTES,
  entryHeader,
  readEntry,
  readHeader,
  SPOOL_HEAD,
  SPOOL_HEADER_BYTES,
  SPOOL_MAGIC,
} from './entries.js'
import { nobodysSpoolPath, ownSpoolPath } from './owner.js'

/** A file in which nothing waits is emptied when it has grown to so many bytes: not after every batch. */
const EMPTY_FROM_BYTES = 4 * 1024 * 1024

/**
 * A file beside the database that has each batch before the database has it. It is there for the end of a process that
 * nobody announces: what is written to it outlives the process, though not a loss of power.
 */
export class Journal {
  readonly path: string
  readonly #descriptor: number
  readonly #header = new Float64Array(SPOOL_HEADER_BYTES / 8)
  #size = SPOOL_HEADER_BYTES

  /**
   * Makes a new file of mode 0600, and its folder where it lacks.
   * @throws what the system says
   */
  static create(dbPath: string): Journal {
    ensurePrivateFolder(dirname(dbPath))
    const path = ownSpoolPath(dbPath)
    const descriptor = openSync(path, 'wx+', 0o600)
    try {
      fchmodSync(descriptor, 0o600)
      const journal = new Journal(path, descriptor)
      journal.#header[SPOOL_HEAD.magic] = SPOOL_MAGIC
      journal.#header[SPOOL_HEAD.committed] = SPOOL_HEADER_BYTES
      journal.#header[SPOOL_HEAD.pid] = process.pid
      journal.#writeHeader()
      return journal
    } catch (error) {
      closeSync(descriptor)
      unlinkSync(path)
      throw error
    }
  }

  /**
   * Goes on with a file of a thread that died; what is torn at its end is cut off.
   * @throws what the system says
   */
  static adopt(path: string): Journal {
    const descriptor = openSync(path, 'r+')
    const header = readHeader(descriptor)
    if (header === undefined) {
      closeSync(descriptor)
      throw new Error(`${path} is no spool file`)
    }
    const journal = new Journal(path, descriptor)
    journal.#header.set(header)
    const { size } = fstatSync(descriptor)
    let end = Math.min(size, journal.committed)
    for (let next = readEntry(descriptor, end, size); next !== undefined; next = readEntry(descriptor, end, size))
      ({ end } = next)
    if (end < size) ftruncateSync(descriptor, end)
    journal.#size = end
    return journal
  }

  private constructor(path: string, descriptor: number) {
    this.path = path
    this.#descriptor = descriptor
  }

  /** Bytes of the file. */
  get size(): number {
    return this.#size
  }

  /** Entries before this place are in the database. */
  get committed(): number {
    return this.#header[SPOOL_HEAD.committed] as number
  }

  /**
   * Appends an entry.
   * @returns where it ends
   * @throws where it does not fit on the disk; then the file is as it was
   */
  append(bytes: Uint8Array): number {
    const length = ENTRY_HEADER_BYTES + bytes.length
    try {
      const written = writevSync(this.#descriptor, [entryHeader(bytes), bytes], this.#size)
      if (written < length) throw new Error(`${this.path}: no space is left on the disk`)
    } catch (error) {
      ftruncateSync(this.#descriptor, this.#size)
      throw error
    }
    this.#size += length
    return this.#size
  }

  /** The entry at a place, which an earlier entry ended at. */
  read(at: number): Entry | undefined {
    return readEntry(this.#descriptor, at, this.#size)
  }

  /**
   * Notes that entries are in the database.
   * @param position where the last of them ends
   * @param added how many records the application's thread has taken in
   * @param journaled how many of them had been when the last record that is safe was taken
   */
  commit(position: number, added: number, journaled: number): void {
    this.#header[SPOOL_HEAD.committed] = Math.max(position, this.committed)
    this.#header[SPOOL_HEAD.journaled] = Math.max(journaled, this.#header[SPOOL_HEAD.journaled] as number)
    this.noteAdded(added)
  }

  /** Notes how many records the application's thread has taken in, for who finds the file. */
  noteAdded(added: number): void {
    this.#header[SPOOL_HEAD.added] = added
    if (this.committed === this.#size && this.#size > EMPTY_FROM_BYTES) this.empty()
    else this.#writeHeader()
  }

  /** Removes all entries. */
  empty(): void {
    ftruncateSync(this.#descriptor, SPOOL_HEADER_BYTES)
    this.#size = SPOOL_HEADER_BYTES
    this.#header[SPOOL_HEAD.committed] = SPOOL_HEADER_BYTES
    this.#writeHeader()
  }

  /** Shows to other machines that somebody is there. */
  touch(): void {
    const now = Date.now() / 1000
    futimesSync(this.#descriptor, now, now)
  }

  /** Lets go of the file: removes it where nothing waits in it, else leaves it to whoever writes next. */
  close(dbPath: string): void {
    closeSync(this.#descriptor)
    if (this.committed >= this.#size) unlinkSync(this.path)
    else renameSync(this.path, nobodysSpoolPath(dbPath))
  }

  #writeHeader(): void {
    writeSync(this.#descriptor, this.#header, 0, SPOOL_HEADER_BYTES, 0)
  }
}

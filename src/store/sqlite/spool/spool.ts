import type { ProblemTopic } from '../../sink.js'
import { FLOAT, INT, type Progress } from '../progress.js'
import { type Entry, SPOOL_HEADER_BYTES } from './entries.js'
import { Journal } from './journal.js'

/** After a failure the file is left alone for so many milliseconds. */
const FAILURE_PAUSE_MS = 1000

/** How the spool speaks to the application's thread. */
export interface SpoolVoice {
  /** Where the file is, for the thread that comes after this one. */
  moved(path: string | undefined): void
  problem(topic: ProblemTopic, message: string, count: number): void
}

/**
 * The writer thread's journal, and the part of it that is nowhere else: the backlog, whose batches are read from the
 * file when the database can be written again.
 */
export class Spool {
  readonly #dbPath: string
  readonly #maxBytes: number
  readonly #progress: Progress
  readonly #voice: SpoolVoice
  #journal: Journal | undefined
  #backlog = { from: 0, to: 0 }
  #notBefore = 0
  #notedAdded = 0

  constructor(dbPath: string, maxBytes: number, progress: Progress, voice: SpoolVoice) {
    this.#dbPath = dbPath
    this.#maxBytes = maxBytes
    this.#progress = progress
    this.#voice = voice
  }

  /** Goes on with the file of a thread that died: what it had not committed is the backlog. */
  adopt(path: string): void {
    try {
      this.#journal = Journal.adopt(path)
      this.#backlog = { from: this.#journal.committed, to: this.#journal.size }
    } catch (error) {
      this.#voice.problem('spool_damaged', `${path} cannot be read again: ${String(error)}`, 0)
    }
  }

  get hasBacklog(): boolean {
    return this.#backlog.from < this.#backlog.to
  }

  /**
   * Writes a batch to the file.
   * @returns where it ends in it; 0 where it is not in it, because the file is full or cannot be written
   */
  append(bytes: Uint8Array): number {
    if (this.#maxBytes === 0 || Date.now() < this.#notBefore) return 0
    const isFull = (this.#journal?.size ?? 0) + bytes.length > this.#maxBytes
    this.#progress.ints[INT.spoolFull] = isFull ? 1 : 0
    if (isFull) return 0
    try {
      return this.#open().append(bytes)
    } catch (error) {
      this.#failed(error)
      return 0
    }
  }

  #open(): Journal {
    if (this.#journal === undefined) {
      this.#journal = Journal.create(this.#dbPath)
      this.#voice.moved(this.#journal.path)
    }
    return this.#journal
  }

  /** From here on, batches up to this place are only in the file. */
  extendBacklog(begin: number, end: number): void {
    if (this.hasBacklog) this.#backlog.to = end
    else this.#backlog = { from: begin, to: end }
  }

  /** The first batch of the backlog, which is then no longer part of it. */
  takeFromBacklog(): Entry | undefined {
    if (!this.hasBacklog) return undefined
    const entry = this.#journal?.read(this.#backlog.from)
    if (entry !== undefined) {
      this.#backlog.from = entry.end
      return entry
    }
    const lost = this.#backlog.to - this.#backlog.from
    this.#backlog.from = this.#backlog.to
    this.#voice.problem('spool_damaged', `${this.#journal?.path} cannot be read: ${lost} bytes of it are lost`, 0)
    return undefined
  }

  /**
   * Notes that batches are in the database.
   * @param end where the last of them ends in the file; 0 where it is not in it
   * @param added how many records had been taken in when its batch ended
   */
  commit(end: number, added: number): void {
    if (end > this.#backlog.from && this.hasBacklog) this.#backlog.from = Math.min(end, this.#backlog.to)
    const now = this.#progress.float(FLOAT.added)
    this.#quietly((journal) => {
      journal.commit(end, now, added)
    })
    this.#notedAdded = now
  }

  /** Writes down how many records the application's thread has taken in. @returns whether there were new ones */
  noteAdded(): boolean {
    const added = this.#progress.float(FLOAT.added)
    if (added === this.#notedAdded) return false
    this.#notedAdded = added
    this.#quietly((journal) => {
      journal.noteAdded(added)
    })
    return true
  }

  /** Empties the file where nothing waits in it: what the database has must not stay here after it was erased there. */
  #tidy(): void {
    if (this.hasBacklog) return
    this.#quietly((journal) => {
      if (journal.committed >= journal.size && journal.size > SPOOL_HEADER_BYTES) journal.empty()
    })
  }

  /** Shows to other machines that the file has an owner. */
  touch(): void {
    this.#tidy()
    this.#quietly((journal) => {
      journal.touch()
    })
  }

  /** Bytes of the file that the database does not have. */
  get waitingBytes(): number {
    return this.#journal === undefined ? 0 : this.#journal.size - this.#journal.committed
  }

  close(): void {
    this.#quietly((journal) => {
      this.#journal = undefined
      journal.close(this.#dbPath)
      this.#voice.moved(undefined)
    })
  }

  #quietly(work: (journal: Journal) => void): void {
    if (this.#journal === undefined) return
    try {
      work(this.#journal)
    } catch (error) {
      this.#failed(error)
    }
  }

  #failed(error: unknown): void {
    this.#notBefore = Date.now() + FAILURE_PAUSE_MS
    const reason = error instanceof Error ? error.message : String(error)
    this.#voice.problem(
      'spool_unavailable',
      `records that wait for ${this.#dbPath} cannot be written beside it (${reason}): they wait in memory only`,
      0,
    )
  }
}

import { closeSync, fstatSync, openSync, readdirSync, renameSync, unlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { BatchReader } from '../batch/decoder.js'
import { findEntry, readEntry, readHeader, SPOOL_HEAD, SPOOL_HEADER_BYTES } from './entries.js'
import { isAbandoned, isSpoolOf, nobodysSpoolPath, ownSpoolPath } from './owner.js'

/** Bytes that are read of an orphan for one transaction. */
const PAGE_BYTES = 1024 * 1024

/** What one ended process left behind. */
export interface Legacy {
  readonly pid: number
  /** Records that were stored from its files. */
  readonly taken: number
  /** Records that it had taken in and that are in none of its files. */
  readonly lost: number
}

/** A spool file of a process that has ended, claimed by this one. */
export class Orphan {
  readonly path: string
  readonly pid: number
  /** How many records its process had taken in, as far as it had written down. */
  readonly added: number
  readonly #descriptor: number
  readonly #size: number
  #position: number
  #journaled: number
  isDamaged = false
  taken = 0

  /** @throws where the file cannot be read, or is no spool */
  constructor(path: string) {
    this.path = path
    this.#descriptor = openSync(path, 'r')
    const header = readHeader(this.#descriptor)
    if (header === undefined) {
      closeSync(this.#descriptor)
      throw new Error('it has no header')
    }
    this.#size = fstatSync(this.#descriptor).size
    this.pid = header[SPOOL_HEAD.pid] as number
    this.added = header[SPOOL_HEAD.added] as number
    this.#journaled = header[SPOOL_HEAD.journaled] as number
    this.#position = Math.max(SPOOL_HEADER_BYTES, Math.min(header[SPOOL_HEAD.committed] as number, this.#size))
  }

  /** How many records its process had taken in when the last one in the file was written. */
  get journaled(): number {
    return this.#journaled
  }

  /** The next batches, and where the file goes on after them; undefined at its end. */
  page(): { batches: BatchReader[]; end: number } | undefined {
    const batches: BatchReader[] = []
    let end = this.#position
    while (end - this.#position < PAGE_BYTES) {
      const entry = readEntry(this.#descriptor, end, this.#size)
      if (entry === undefined) {
        const next = findEntry(this.#descriptor, end)
        if (next === undefined) break
        this.isDamaged = true
        end = next
        continue
      }
      batches.push(new BatchReader(entry.bytes))
      ;({ end } = entry)
    }
    return batches.length === 0 ? undefined : { batches, end }
  }

  /** Notes that a page was stored. */
  stored(page: { batches: BatchReader[]; end: number }, newRows: number): void {
    this.#position = page.end
    this.taken += newRows
    for (const batch of page.batches) this.#journaled = Math.max(this.#journaled, batch.added)
  }

  /** Removes the file, or sets it aside where it was damaged. @returns where to, or undefined */
  remove(dbPath: string): string | undefined {
    closeSync(this.#descriptor)
    if (this.isDamaged) return setAside(this.path, dbPath)
    unlinkSync(this.path)
    return undefined
  }

  /** Leaves the file to whoever comes next. */
  leave(dbPath: string): void {
    closeSync(this.#descriptor)
    renameSync(this.path, nobodysSpoolPath(dbPath))
  }
}

/** @returns where the file is now */
export function setAside(path: string, dbPath: string): string {
  const target = `${dbPath}.damaged-spool-${new Date().toISOString().replaceAll(/[:.]/g, '-')}-${path.slice(-6)}`
  renameSync(path, target)
  return target
}

/**
 * Makes the spool files of ended processes this one's own. A rename is the claim: of several processes that try, one
 * succeeds. If this one ends before it has taken the records in, its name on the file says so to the next.
 * @param onDamaged hears of files that are no spool, and have been set aside
 */
export function claimOrphans(dbPath: string, onDamaged: (path: string, reason: string) => void): Orphan[] {
  const folder = dirname(dbPath)
  const orphans: Orphan[] = []
  for (const name of readdirSync(folder)) {
    if (!isSpoolOf(dbPath, name) || !isAbandoned(join(folder, name))) continue
    const claimed = claim(join(folder, name), dbPath)
    if (claimed === undefined) continue
    try {
      orphans.push(new Orphan(claimed))
    } catch (error) {
      onDamaged(setAside(claimed, dbPath), String(error))
    }
  }
  return orphans
}

function claim(path: string, dbPath: string): string | undefined {
  const target = ownSpoolPath(dbPath)
  try {
    renameSync(path, target)
    return target
  } catch {
    return undefined
  }
}

/** What the processes whose files have been taken in left behind; the files of one are looked at together. */
export function legacies(orphans: readonly Orphan[]): Legacy[] {
  const found = new Map<number, { taken: number; added: number; journaled: number }>()
  for (const { pid, taken, added, journaled } of orphans) {
    const sum = found.get(pid) ?? { taken: 0, added: 0, journaled: 0 }
    found.set(pid, {
      taken: sum.taken + taken,
      added: Math.max(sum.added, added),
      journaled: Math.max(sum.journaled, journaled),
    })
  }
  return [...found].map(([pid, { taken, added, journaled }]) => ({ pid, taken, lost: Math.max(0, added - journaled) }))
}

import type { Notice } from '../protocol.js'
import type { SqlValue } from '../rows.js'
import { claimOrphans, legacies, type Orphan } from '../spool/orphans.js'

/** How often spool files of ended processes are looked for, in milliseconds. */
const LOOK_EVERY_MS = 30_000

/** Takes in what processes left behind that ended without storing it. */
export class Inheritance {
  readonly #path: string
  readonly #say: (notice: Notice) => void
  #waiting: Orphan[] = []
  #done: Orphan[] = []
  #lookAt = 0

  constructor(path: string, say: (notice: Notice) => void) {
    this.#path = path
    this.#say = say
  }

  /**
   * Does a piece of the work, where there is some.
   * @param insert stores rows; it throws where the database cannot be written
   * @returns whether there is more to do
   */
  advance(insert: (rows: (readonly SqlValue[])[]) => number[]): boolean {
    if (this.#waiting.length === 0 && !this.#look()) return false
    const [orphan] = this.#waiting
    if (orphan === undefined) return false
    const page = orphan.page()
    if (page !== undefined) {
      const inserted = insert(page.batches.map((batch) => batch.rows().values))
      orphan.stored(
        page,
        inserted.reduce((sum, count) => sum + count, 0),
      )
      return true
    }
    this.#waiting.shift()
    this.#finish(orphan)
    if (this.#waiting.length === 0) this.#report()
    return this.#waiting.length > 0
  }

  /** Leaves what has not been taken in to whoever comes next. */
  close(): void {
    for (const orphan of this.#waiting) attempt(() => orphan.leave(this.#path))
    this.#waiting = []
  }

  #look(): boolean {
    const now = Date.now()
    if (now < this.#lookAt) return false
    this.#lookAt = now + LOOK_EVERY_MS
    attempt(() => {
      this.#waiting = claimOrphans(this.#path, (path, reason) => {
        this.#damaged(path, reason)
      })
    })
    return true
  }

  #finish(orphan: Orphan): void {
    this.#done.push(orphan)
    attempt(() => {
      const aside = orphan.remove(this.#path)
      if (aside !== undefined) this.#damaged(aside, 'bytes in its middle are wrong; what could be read was stored')
    })
  }

  #damaged(path: string, reason: string): void {
    const message = `a file of waiting records was damaged (${reason}): it is now ${path}`
    this.#say({ kind: 'problem', topic: 'spool_damaged', message, count: 0 })
  }

  #report(): void {
    const done = this.#done
    this.#done = []
    for (const { pid, taken, lost } of legacies(done)) {
      if (taken === 0 && lost === 0) continue
      this.#say({ kind: 'recovered', taken, lost })
      const message =
        `process ${pid} ended without shutting down: ${taken} records were taken over from its spool, ${lost} were lost ` +
        `(those of its last moments may be more, at most what it gathers before a flush)`
      this.#say({ kind: 'problem', topic: 'unclean_shutdown', message, count: lost })
    }
  }
}

/** Another process may be at the same file: what fails is tried again by whoever looks next. */
function attempt(work: () => void): void {
  try {
    work()
  } catch {
    // Nothing of ours is lost: the file is still there.
  }
}

import { resolve } from 'node:path'
import { ROW_WIDTH, SqliteWriter, type SqlValue } from '../../store/index.js'

/** Rows of one transaction at the most: others that write get their turn in between. */
const BATCH_ROWS = 1000

/** Values of one transaction are kept below this, since long texts need room. */
const BATCH_LENGTH = 8 * 1024 * 1024

/** Batches that are on their way at once: while one is stored the next is read. */
const IN_FLIGHT = 2

/** Takes rows in through the store's writer, so that its sums stay right and other processes get their turn. */
export class RowSink {
  readonly #writer: SqliteWriter
  #values: SqlValue[] = []
  #length = 0
  #waiting: Promise<void>[] = []
  /** Rows whose id was not stored yet. */
  added = 0
  /** Rows that were stored, those included that were there already. */
  stored = 0

  constructor(dbPath: string) {
    this.#writer = new SqliteWriter(resolve(dbPath))
  }

  /**
   * Takes a row; its values are not kept by reference. Resolves when there is room for the next.
   * @throws StoreError when an earlier batch was refused
   */
  async add(row: readonly SqlValue[]): Promise<void> {
    for (const value of row) {
      this.#values.push(value)
      if (typeof value === 'string') this.#length += value.length
    }
    for (let column = row.length; column < ROW_WIDTH; column++) this.#values.push(null)
    if (this.#values.length >= BATCH_ROWS * ROW_WIDTH || this.#length >= BATCH_LENGTH) await this.#send()
  }

  async #send(): Promise<void> {
    const values = this.#values
    if (values.length === 0) return
    this.#values = []
    this.#length = 0
    const stored = this.#writer.insertRows(values).then((added) => {
      this.added += added
      this.stored += values.length / ROW_WIDTH
    })
    // Who waits for it hears of a failure; until then it must not count as unhandled.
    stored.catch(() => {})
    this.#waiting.push(stored)
    if (this.#waiting.length >= IN_FLIGHT) await this.#waiting.shift()
  }

  /** Resolves when every row is committed. @throws StoreError */
  async finish(): Promise<void> {
    await this.#send()
    for (const stored of this.#waiting) await stored
    this.#waiting = []
  }

  async close(): Promise<void> {
    await this.#writer.close()
  }
}

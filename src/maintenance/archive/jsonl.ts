import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { MaintenanceError } from '../error.js'
import type { StoredRow } from '../../store/sqlite/housekeeping/index.js'
import { type ArchiveFoot, type ArchiveFormat, type ArchiveHead, rowOf, rowText } from './format.js'

/** Characters of rows that are compressed together. */
const CHUNK_LENGTH = 65_536

/** Lines of JSON, gzipped: a head, the rows, a foot. */
export const jsonLines: ArchiveFormat = { suffix: '.jsonl.gz', write, read }

async function write(path: string, head: ArchiveHead, rows: Iterable<StoredRow>): Promise<ArchiveFoot> {
  const hash = createHash('sha256')
  let foot: ArchiveFoot = { rows: 0, checksum: '' }
  function* text(): Generator<string> {
    yield `${JSON.stringify(head)}\n`
    let count = 0
    for (const chunk of chunks(rows, () => count++)) {
      hash.update(chunk)
      yield chunk
    }
    foot = { rows: count, checksum: hash.digest('hex') }
    yield `${JSON.stringify(foot)}\n`
  }
  await pipeline(Readable.from(text()), createGzip(), createWriteStream(path, { flags: 'w', mode: 0o600 }))
  return foot
}

function* chunks(rows: Iterable<StoredRow>, count: () => void): Generator<string> {
  let chunk = ''
  for (const row of rows) {
    chunk += `${rowText(row)}\n`
    count()
    if (chunk.length < CHUNK_LENGTH) continue
    yield chunk
    chunk = ''
  }
  if (chunk !== '') yield chunk
}

async function read(
  path: string,
  onRow: (row: StoredRow, head: ArchiveHead) => Promise<void> | void,
): Promise<ArchiveHead & ArchiveFoot> {
  const reading = new Reading(path, onRow)
  const source = createReadStream(path)
  const gunzip = createGunzip()
  const piped = pipeline(source, gunzip).catch((error: unknown) => error)
  const lines = createInterface({ input: gunzip, crlfDelay: Infinity })
  // Once the loop is left, the lines' errors are nobody's, and an error of nobody's ends the process.
  lines.on('error', () => {})
  try {
    // The text of a row has no other line ends: JSON writes them as escapes.
    for await (const line of lines) await reading.take(line)
  } catch (error) {
    source.destroy()
    // What the decompression finds comes up here, or ends the lines early.
    if (String((error as { code?: unknown }).code).startsWith('Z_')) return reading.end(error)
    throw error
  }
  // The decompression ends with its last byte, which may be before the file has said that it ends.
  return reading.end(await piped)
}

/** One line is held back: the last is the foot. */
class Reading {
  readonly #path: string
  readonly #onRow: (row: StoredRow, head: ArchiveHead) => Promise<void> | void
  readonly #hash = createHash('sha256')
  #head: ArchiveHead | undefined
  #held: string | undefined
  #rows = 0

  constructor(path: string, onRow: (row: StoredRow, head: ArchiveHead) => Promise<void> | void) {
    this.#path = path
    this.#onRow = onRow
  }

  async take(line: string): Promise<void> {
    const held = this.#held
    this.#held = line
    if (held === undefined) return
    if (this.#head === undefined) this.#head = this.#headOf(held)
    else await this.#takeRow(held, this.#head)
  }

  async #takeRow(line: string, head: ArchiveHead): Promise<void> {
    this.#hash.update(`${line}\n`)
    this.#rows++
    await this.#onRow(
      this.#parsed(() => rowOf(line)),
      head,
    )
  }

  end(failure: unknown): ArchiveHead & ArchiveFoot {
    const head = this.#head
    const held = this.#held
    if (failure !== undefined || head === undefined || held === undefined)
      throw this.#damaged('it ends too early', failure)
    const foot = this.#parsed(() => JSON.parse(held) as ArchiveFoot)
    if (foot.rows !== this.#rows || foot.checksum !== this.#hash.digest('hex'))
      throw this.#damaged('its rows are not those that were written')
    return { ...head, ...foot }
  }

  #headOf(line: string): ArchiveHead {
    const head = this.#parsed(() => JSON.parse(line) as ArchiveHead)
    if (head.format !== 'feature-tracking-archive')
      throw new MaintenanceError('refused', `${this.#path} is no archive of feature-tracking: give another file`)
    if (head.version !== 1)
      throw new MaintenanceError('refused', `${this.#path} was made by a later version: update the package`)
    return head
  }

  #parsed<T>(parse: () => T): T {
    try {
      return parse()
    } catch (error) {
      throw this.#damaged(error instanceof Error ? error.message : String(error))
    }
  }

  #damaged(reason: string, cause?: unknown): MaintenanceError {
    return new MaintenanceError(
      'damaged',
      `${this.#path} is damaged or no archive (${reason}): use another copy of it`,
      undefined,
      { cause },
    )
  }
}

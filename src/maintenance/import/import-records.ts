import { parseCategory, parseStatus, parseTimeText } from '../../record/index.js'
import { type SqlValue, StoreError } from '../../store/index.js'
import { MaintenanceError } from '../error.js'
import type { FileFormat } from '../export/formats.js'
import type { ProgressListener } from '../progress.js'
import { columnAt } from '../rows/columns.js'
import { lookAt, type SourceFile } from './pieces.js'
import { type FileRow, rowsOf } from './readers.js'
import { RowProblem } from './row-problem.js'
import { RowSink } from './row-sink.js'

export interface ImportOptions {
  /** Absolute path of the SQLite file; it is made where it lacks. */
  readonly dbPath: string
  readonly files: readonly string[]
  /** Default: what each file's name or its first bytes tell. */
  readonly format?: FileFormat | undefined
  /** What a row that cannot be taken does. Default `stop`. */
  readonly onError?: 'stop' | 'skip' | undefined
  readonly onProgress?: ProgressListener | undefined
}

/** A row that was left out. */
export interface SkippedRow {
  readonly file: string
  /** `line 12`, or `row 12` in a Parquet file. */
  readonly place: string
  readonly column: string | null
  readonly message: string
}

export interface ImportReport {
  /** Rows that were read and could be taken. */
  readonly rows: number
  /** Rows that were new. */
  readonly added: number
  /** Rows whose id was stored already; they were left as they are. */
  readonly present: number
  readonly skipped: number
  /** The first of them. */
  readonly skippedRows: readonly SkippedRow[]
  /** Rows that were taken as they are, though this library would not write them. */
  readonly unusual: { readonly categories: number; readonly statuses: number; readonly times: number }
}

const MAX_TOLD = 100

/**
 * Takes records from files in. A row whose id is stored already is left out, so that the same file may come again.
 * @throws MaintenanceError, StoreError; what was read before is stored then
 */
export async function importRecords(options: ImportOptions): Promise<ImportReport> {
  const files = await Promise.all(options.files.map((path) => lookAt(path, options.format)))
  const work = new Import(options, files)
  return work.run()
}

class Import {
  readonly #options: ImportOptions
  readonly #files: readonly SourceFile[]
  readonly #sink: RowSink
  readonly #skippedRows: SkippedRow[] = []
  readonly #unusual = { categories: 0, statuses: 0, times: 0 }
  #skipped = 0
  #rows = 0

  constructor(options: ImportOptions, files: readonly SourceFile[]) {
    this.#options = options
    this.#files = files
    this.#sink = new RowSink(options.dbPath)
  }

  async run(): Promise<ImportReport> {
    const total = this.#files.reduce((sum, { bytes }) => sum + bytes, 0)
    let before = 0
    try {
      for (const file of this.#files) {
        for await (const row of rowsOf(file)) {
          await this.#take(file, row)
          if ((this.#rows + this.#skipped) % 1000 === 0) this.#tell((before + row.read) / Math.max(1, total))
        }
        before += file.bytes
      }
      await this.#sink.finish()
      this.#tell(1)
      return this.#report()
    } catch (error) {
      // A row that is wrong comes after rows that are right.
      if (!(error instanceof StoreError)) await this.#sink.finish()
      throw error
    } finally {
      await this.#sink.close()
    }
  }

  async #take(file: SourceFile, row: FileRow): Promise<void> {
    const values = this.#valuesOf(file, row)
    if (values === undefined) return
    this.#rows++
    this.#note(values)
    await this.#sink.add(values)
  }

  #valuesOf(file: SourceFile, row: FileRow): SqlValue[] | undefined {
    try {
      return row.values()
    } catch (error) {
      if (!(error instanceof RowProblem)) throw error
      const skipped = { file: file.path, place: row.place, column: error.column ?? null, message: error.message }
      if (this.#options.onError !== 'skip')
        throw new MaintenanceError(
          'bad_row',
          `${file.path}, ${row.place}${error.column === undefined ? '' : `, column ${error.column}`}: ${error.message}`,
          `the rows before it are stored; mend it and import the file again, or leave such rows out with --on-error skip`,
        )
      this.#skipped++
      if (this.#skippedRows.length < MAX_TOLD) this.#skippedRows.push(skipped)
      return undefined
    }
  }

  #note(values: readonly SqlValue[]): void {
    if (parseCategory(values[CATEGORY]) === undefined) this.#unusual.categories++
    if (parseStatus(values[STATUS]) === undefined) this.#unusual.statuses++
    if (parseTimeText(String(values[START])) === undefined) this.#unusual.times++
  }

  #tell(share: number): void {
    this.#options.onProgress?.({ rows: this.#rows, share: Math.min(1, share) })
  }

  #report(): ImportReport {
    return {
      rows: this.#rows,
      added: this.#sink.added,
      present: this.#rows - this.#sink.added,
      skipped: this.#skipped,
      skippedRows: this.#skippedRows,
      unusual: this.#unusual,
    }
  }
}

const CATEGORY = columnAt('category')
const STATUS = columnAt('status')
const START = columnAt('start_time')

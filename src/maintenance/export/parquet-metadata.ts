import type { ColumnMetaData, RowGroup, Statistics } from 'hyparquet'
import type { ParquetWriter } from 'hyparquet-writer'

/**
 * Makes small what the library keeps of row groups until the file ends, so that memory hardly grows with their number: what
 * most parts of columns have in common is there once.
 */
export class GroupMetadata {
  readonly #parquet: ParquetWriter
  readonly #shared = new Map<string, unknown>()

  constructor(parquet: ParquetWriter) {
    this.#parquet = parquet
  }

  /** To be called after each group, before the memory of its values is used again. */
  settle(): void {
    const { row_groups: groups, pendingIndexes } = this.#parquet
    for (const { meta_data: metadata } of (groups.at(-1) as RowGroup).columns)
      if (metadata !== undefined) this.#share(metadata)
    // We write none; they would hold on to all of a column's part.
    pendingIndexes.length = 0
  }

  #share(metadata: ColumnMetaData): void {
    metadata.path_in_schema = this.#once(metadata.path_in_schema)
    metadata.encodings = this.#once(metadata.encodings)
    if (metadata.encoding_stats !== undefined) metadata.encoding_stats = this.#once(metadata.encoding_stats)
    if (metadata.statistics !== undefined) keepTexts(metadata.statistics)
  }

  /** The first value that was equal. */
  #once<T>(value: T): T {
    const key = JSON.stringify(value)
    if (!this.#shared.has(key)) this.#shared.set(key, value)
    return this.#shared.get(key) as T
  }
}

/** The least and greatest texts are views of memory that the next group fills: they get their own. */
function keepTexts(statistics: Statistics): void {
  const { min_value: min, max_value: max } = statistics
  if (min instanceof Uint8Array) statistics.min_value = Buffer.from(min).toString()
  if (max instanceof Uint8Array) statistics.max_value = Buffer.from(max).toString()
}

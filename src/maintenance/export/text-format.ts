import type { RowSource } from '../../store/index.js'
import type { RowListener } from '../progress.js'

/** A format of text in which SQLite itself writes the rows: no value becomes a JavaScript string on the way. */
export interface TextFormat {
  readonly head: string
  readonly separator: string
  readonly foot: string
  /** The whole file when there is no row, after the head where this is empty. */
  readonly empty: string
  /**
   * SQL over the columns of a row.
   * @param careful whether texts may be there that are no UTF-8
   */
  readonly row: (careful: boolean) => string
}

/** The file, piece by piece. */
export function* textPieces(source: RowSource, format: TextFormat, onPage: RowListener): Generator<Uint8Array> {
  let isFirst = true
  for (const { content, rows, share } of source.texts(format.row(false), format.row(true), format.separator)) {
    yield Buffer.from(isFirst ? format.head : format.separator)
    isFirst = false
    yield content
    onPage(rows, share)
  }
  yield Buffer.from(isFirst ? format.empty || format.head : format.foot)
}

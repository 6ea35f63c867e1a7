/** What is wrong with one row; whoever reads the file adds where it is. */
export class RowProblem extends Error {
  /** The column as the file names it; undefined where the row as a whole is wrong. */
  readonly column: string | undefined

  constructor(column: string | undefined, message: string) {
    super(message)
    this.name = 'RowProblem'
    this.column = column
  }
}

/** A value as a message shows it. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text)
}

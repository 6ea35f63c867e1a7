/**
 * - `exists`: the file to write is there already
 * - `bad_path`: the path cannot be read or written, or is one that must not be
 * - `bad_format`: the file is not in a format that is known, or not what its format asks for
 * - `bad_row`: a row cannot be taken
 * - `unfit`: the data do not fit into the format that was asked for
 * - `endpoint`: the receiver refused, or could not be reached
 * - `not_erased`: something of the forgotten user is left
 */
export type DataErrorCode = 'exists' | 'bad_path' | 'bad_format' | 'bad_row' | 'unfit' | 'endpoint' | 'not_erased'

/** An error that the user can do something about; the message names the value, `hint` a further remedy. */
export class DataError extends Error {
  readonly code: DataErrorCode
  readonly hint: string | undefined

  constructor(code: DataErrorCode, message: string, hint?: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'DataError'
    this.code = code
    this.hint = hint
  }
}

/**
 * - `bad_path`: a path that cannot be read or written, or is not taken: NUL, `..`, a link, a folder where a file has to be
 * - `exists`: there is a file already that would be overwritten
 * - `damaged`: a file that was written or read back is not what it should be
 * - `refused`: what was asked for is not done, for the reason that the message gives
 * - `bad_format`: a file in no format that is known, or not as its format asks for
 * - `bad_row`: a row that cannot be taken
 * - `unfit`: data that do not fit into the format that was asked for
 * - `endpoint`: the receiver refused, or could not be reached
 * - `not_erased`: something of the forgotten user is left
 */
export type MaintenanceErrorCode =
  | 'bad_path'
  | 'exists'
  | 'damaged'
  | 'refused'
  | 'bad_format'
  | 'bad_row'
  | 'unfit'
  | 'endpoint'
  | 'not_erased'

/** An error of maintenance; the message names the file or the value, and `hint` a remedy that it does not name. */
export class MaintenanceError extends Error {
  readonly code: MaintenanceErrorCode
  readonly hint: string | undefined

  constructor(code: MaintenanceErrorCode, message: string, hint?: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'MaintenanceError'
    this.code = code
    this.hint = hint
  }
}

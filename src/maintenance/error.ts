/**
 * - `bad_path`: a path that is not taken: NUL, `..`, a link, a folder where a file has to be
 * - `exists`: there is a file already that would be overwritten
 * - `damaged`: a file that was written or read back is not what it should be
 * - `refused`: what was asked for is not done, for the reason that the message gives
 */
export type MaintenanceErrorCode = 'bad_path' | 'exists' | 'damaged' | 'refused'

/** An error of maintenance; the message names the file and the remedy. What the store finds is a `StoreError`. */
export class MaintenanceError extends Error {
  readonly code: MaintenanceErrorCode

  constructor(code: MaintenanceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'MaintenanceError'
    this.code = code
  }
}

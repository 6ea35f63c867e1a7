import { StoreError } from '../../contract.js'

/** Whether another connection holds the lock that is needed. */
export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY')
}

/** Whether it is the rows that are at fault, not the database. */
export function isRefusal(error: unknown): boolean {
  const cause = causeOf(error)
  return (
    /^SQLITE_(?:CONSTRAINT|MISMATCH|TOOBIG)/.test(codeOf(error)) ||
    cause instanceof TypeError ||
    cause instanceof RangeError
  )
}

/** Whether the connection itself is of no use any more, and another one may be. */
export function needsReopening(error: unknown): boolean {
  return !isBusy(error) && codeOf(error) !== 'SQLITE_FULL'
}

/** SQLite's or the system's code, or an empty text. */
export function codeOf(error: unknown): string {
  return String((causeOf(error) as NodeJS.ErrnoException | undefined)?.code ?? '')
}

function causeOf(error: unknown): unknown {
  return error instanceof StoreError && error.cause !== undefined ? error.cause : error
}

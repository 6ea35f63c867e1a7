import { StoreError } from '../contract.js'
import type { ThreadError } from './protocol.js'

/** An error in the form in which it crosses between threads. */
export function threadError(error: unknown): ThreadError {
  if (error instanceof StoreError) return { name: error.name, message: error.message, code: error.code }
  return error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: 'Error', message: String(error) }
}

/** The error that another thread sent. */
export function errorFrom(error: ThreadError): Error {
  if (error.code !== undefined) return new StoreError(error.code, error.message)
  if (error.name === 'TypeError') return new TypeError(error.message)
  if (error.name === 'RangeError') return new RangeError(error.message)
  return new Error(error.message)
}

import { types } from 'node:util'
import { ABSENT, FeatureStatus, meetsProxy, ownData, prototypeOf, shorten } from '../record/index.js'
import { isTimeoutType } from '../span/index.js'

const MAX_MESSAGE_LENGTH = 4096

/** What a thrown value says: read once, without trusting it. */
export interface Failure {
  readonly status: FeatureStatus
  /** The error's code or name (semantic conventions, `error.type`). */
  readonly type: string
  readonly message: string
  /** Read when asked for: formatting a stack is slow. */
  readonly stack: () => string | undefined
}

/** Reads a thrown value of any kind. Never throws, whatever the value's getters do. */
export function failureOf(error: unknown): Failure {
  const code = read(error, 'code')
  const name = typeName(error, code)
  const timedOut = isTimeoutType(name) || (code !== undefined && isTimeoutType(code)) || wasKilled(error)
  return {
    status: timedOut ? FeatureStatus.TIMEOUT : FeatureStatus.FAILED,
    type: shorten(name, 256),
    message: shorten(messageOf(error).trimEnd(), MAX_MESSAGE_LENGTH),
    stack: () => read(error, 'stack'),
  }
}

/** `child_process` gives a command that ran into its `timeout` no code, but says that it was killed by a signal. */
function wasKilled(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || types.isProxy(error)) return false
  return (
    ownData(error, 'killed') === true && ownData(error, 'code') === null && typeof ownData(error, 'signal') === 'string'
  )
}

/** A name of its own says more than a code, a code more than the name of a class; `Error` says nothing. */
function typeName(error: unknown, code: string | undefined): string {
  const name = read(error, 'name')
  if (name !== undefined && name !== 'Error') return name
  return code ?? className(error) ?? '_OTHER'
}

function messageOf(error: unknown): string {
  if (typeof error === 'string') return error
  const message = read(error, 'message')
  if (message !== undefined) return message
  if (typeof error !== 'object' && typeof error !== 'function') return String(error)
  return '' // A thrown object without a message: its text could hold anything, and making it could run anything.
}

/** A text property, or a number as text. Proxies are not asked. */
function read(error: unknown, key: 'name' | 'code' | 'message' | 'stack'): string | undefined {
  if (typeof error !== 'object' || error === null || meetsProxy(error)) return undefined
  try {
    const value: unknown = (error as Record<string, unknown>)[key]
    if (typeof value === 'string' && value !== '') return value
    return typeof value === 'number' && key !== 'code' ? String(value) : undefined
  } catch {
    return undefined
  }
}

/** The name of a thrown value's class, or its type. */
function className(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return error === null ? undefined : typeof error
  const prototype = prototypeOf(error)
  const made = prototype === null ? ABSENT : ownData(prototype, 'constructor')
  if (typeof made !== 'function' || types.isProxy(made)) return undefined
  const name = ownData(made, 'name')
  return typeof name === 'string' && name !== '' ? name : undefined
}

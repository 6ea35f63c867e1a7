import { type Context, context } from '@opentelemetry/api'
import { describeError, processEvents } from '../health/index.js'
import { ensureContextManager } from '../pipeline/index.js'
import {
  changeIdentity,
  type ContextCarrier,
  contextOf,
  type IdentityOptions,
  readIdentity,
  runIn,
  setIdentity,
} from '../tracking/index.js'
import { featureTracker } from './default.js'

/**
 * Runs a function, and everything that it starts, as work for a user: tracked calls below get this `userId` unless they
 * have one of their own. Undefined and null are nobody.
 *
 * @returns what the function returns
 * @throws TypeError when `fn` is no function; whatever the function throws
 */
export function withUser<R>(userId: IdentityOptions['userId'], fn: () => R): R {
  return run('withUser', { userId: userId ?? null }, fn)
}

/** The same for a session: records of tracked calls below get this `sessionId` in place of the tracker's. */
export function withSession<R>(sessionId: IdentityOptions['sessionId'], fn: () => R): R {
  return run('withSession', { sessionId: sessionId ?? null }, fn)
}

/** `withUser` and `withSession` in one; what is left out stays as it is around. */
export function withIdentity<R>(identity: IdentityOptions, fn: () => R): R {
  return run('withIdentity', identity, fn)
}

/**
 * Says who calls where there is no function to wrap: from here on it holds for the innermost `withIdentity`, `withUser`
 * or `withSession` around. Calls that have started keep what they started with.
 *
 * @returns false when there is none around, and nothing changes
 */
export function identify(identity: IdentityOptions): boolean {
  return changeIdentity(context.active(), read(identity))
}

/** A context in which an identity holds, for OpenTelemetry's `context.with` and `context.bind`. */
export function identityContext(identity: IdentityOptions, parent: Context = context.active()): Context {
  prepare()
  return setIdentity(parent, read(identity))
}

/**
 * The active trace, user and session as plain texts, to be sent along with work to a worker thread or child process.
 * The user goes as the pseudonym, unless anonymisation is off.
 */
export function carryContext(): ContextCarrier {
  return featureTracker.carryContext()
}

/** Runs a function in the context that `carryContext` gave elsewhere. Believe no carrier from outside. */
export function withCarriedContext<R>(carrier: unknown, fn: () => R): R {
  requireFunction('withCarriedContext', fn)
  prepare()
  return runIn(received(carrier), fn)
}

function run<R>(caller: string, identity: IdentityOptions, fn: () => R): R {
  requireFunction(caller, fn)
  return runIn(identityContext(identity), fn)
}

function requireFunction(caller: string, fn: unknown): void {
  if (typeof fn !== 'function') throw new TypeError(`${caller} was given ${typeof fn}: give a function to run`)
}

function read(identity: IdentityOptions): ReturnType<typeof readIdentity> {
  return readIdentity(identity ?? {}, (message) => {
    processEvents.count('identity_ignored', message)
  })
}

function received(carrier: unknown): Context {
  try {
    return contextOf(carrier)
  } catch (error) {
    processEvents.count('tracking_failed', () => `a carried context could not be read: ${describeError(error)}`)
    return context.active()
  }
}

/** Without a context manager nothing would be carried anywhere; an application that tracks nothing needs none. */
function prepare(): void {
  if (featureTracker.settings.enabled) ensureContextManager()
}

import { type Context, createContextKey } from '@opentelemetry/api'
import { identityOfBaggage } from './baggage.js'
import { User, type Identity } from './user.js'
import type { TrackingHost } from './types.js'

const IDENTITY_KEY = createContextKey('cloudcurio.identity')

/** Who calls, and in which session. A value that is absent or undefined leaves what is around; `null` is nobody, none. */
export interface IdentityOptions {
  /** Becomes a pseudonym unless anonymisation is off. */
  userId?: string | number | bigint | null | undefined
  sessionId?: string | null | undefined
}

/** What stands in a context: code further down may learn who calls. */
interface Scope {
  identity: Identity
}

const NO_IDENTITY: Identity = { user: undefined, sessionId: undefined }

/** Until somebody says who calls, a tracked call need not look for it. */
let inUse = false

/** A context in which an identity holds, above that of the context it is made from. */
export function setIdentity(parent: Context, identity: Partial<Identity>): Context {
  inUse = true
  const scope: Scope = { identity: merged(identity, scopeOf(parent)?.identity ?? NO_IDENTITY) }
  return parent.setValue(IDENTITY_KEY, scope)
}

/** Changes the identity of the innermost scope around. @returns whether there is one */
export function changeIdentity(within: Context, identity: Partial<Identity>): boolean {
  const scope = scopeOf(within)
  if (scope === undefined) return false
  scope.identity = merged(identity, scope.identity)
  return true
}

/** Whether the code has said which session a context is of, or that it is of none. */
export function hasSession(within: Context): boolean {
  return scopeOf(within)?.identity.sessionId !== undefined
}

/** Who calls in a context: what the code said goes before what baggage says. */
export function identityOf(within: Context, host: Pick<TrackingHost, 'acceptsBaggage'>): Identity | undefined {
  const said = inUse ? scopeOf(within)?.identity : undefined
  if (!host.acceptsBaggage) return said
  const told = identityOfBaggage(within)
  return said === undefined || told === undefined ? (said ?? told) : merged(said, told)
}

/**
 * An identity from what a caller gave. What is no id counts as nobody: a request must not fail of it.
 * @param refuse is told of a value that is no id
 */
export function readIdentity(given: IdentityOptions, refuse: (message: string) => void): Partial<Identity> {
  const { userId, sessionId } = given
  return {
    user: userId === undefined ? undefined : userOf(userId, refuse),
    sessionId: sessionId === undefined ? undefined : sessionOf(sessionId, refuse),
  }
}

function userOf(userId: unknown, refuse: (message: string) => void): User | null {
  const text = userIdText(userId)
  if (text !== undefined) return new User(text)
  if (userId !== null && userId !== '') refuse(`a user id is of type ${typeof userId}: give a text or a number`)
  return null
}

function sessionOf(sessionId: unknown, refuse: (message: string) => void): string | null {
  if (typeof sessionId === 'string' && sessionId !== '') return sessionId
  if (sessionId !== null && sessionId !== '') refuse(`a session id is of type ${typeof sessionId}: give a text`)
  return null
}

/** A user id as text, or undefined for what is none. */
export function userIdText(userId: unknown): string | undefined {
  if (typeof userId === 'string' && userId !== '') return userId
  return typeof userId === 'number' || typeof userId === 'bigint' ? String(userId) : undefined
}

function scopeOf(within: Context): Scope | undefined {
  return within.getValue(IDENTITY_KEY) as Scope | undefined
}

function merged(first: Partial<Identity>, then: Identity): Identity {
  return {
    user: first.user === undefined ? then.user : first.user,
    sessionId: first.sessionId === undefined ? then.sessionId : first.sessionId,
  }
}

import { type Context, context } from '@opentelemetry/api'
import { extractTrace, injectTrace } from '../span/index.js'
import { User, type Identity } from './user.js'
import { identityOf, setIdentity } from './identity.js'
import type { TrackingHost } from './types.js'

/** Trace, user and session as plain texts, to be sent to a worker or child process with its work. */
export type ContextCarrier = Record<string, string>

const USER_ID = 'feature-tracking.user.id'
const USER_HASH = 'feature-tracking.user.hash'
const SESSION_ID = 'feature-tracking.session.id'

/** What of a context goes along. The user goes as the pseudonym, unless anonymisation is off. */
export function carry(host: TrackingHost, from: Context = context.active()): ContextCarrier {
  const carrier: ContextCarrier = {}
  injectTrace(from, carrier)
  const { user, sessionId } = (host.enabled ? identityOf(from, host) : undefined) ?? {}
  if (sessionId) carrier[SESSION_ID] = sessionId
  const recorded = user?.recorded(host)
  if (recorded) carrier[user?.pseudonym(host) === undefined ? USER_ID : USER_HASH] = recorded
  return carrier
}

/** The context that a carrier stands for. What is no carrier gives the context that there is. */
export function contextOf(carrier: unknown, into: Context = context.active()): Context {
  if (typeof carrier !== 'object' || carrier === null) return into
  const texts = carrier as Readonly<Record<string, unknown>>
  const continued = extractTrace(into, texts)
  const identity: Partial<Identity> = { user: userIn(texts), sessionId: textIn(texts, SESSION_ID) }
  return identity.user === undefined && identity.sessionId === undefined ? continued : setIdentity(continued, identity)
}

function userIn(texts: Readonly<Record<string, unknown>>): User | undefined {
  const hash = textIn(texts, USER_HASH)
  if (hash !== undefined) return new User(undefined, hash)
  const id = textIn(texts, USER_ID)
  return id === undefined ? undefined : new User(id)
}

function textIn(texts: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const text = texts[name]
  return typeof text === 'string' && text !== '' ? text : undefined
}

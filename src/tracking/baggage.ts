import { type Baggage, type Context, propagation } from '@opentelemetry/api'
import { ATTR_ENDUSER_ID, ATTR_SESSION_ID, ATTR_USER_ID } from '../span/index.js'
import { User, type Identity } from './user.js'

/** Longer ids are passed over: they come from outside, and a shortened id would be somebody else's. */
const MAX_ID_LENGTH = 256

/** Baggage does not change, so that of a request is read once. */
const known = new WeakMap<Baggage, Identity>()

/** Who calls, as W3C baggage says: entries `user.id` (or `enduser.id`) and `session.id`. */
export function identityOfBaggage(within: Context): Identity | undefined {
  const baggage = propagation.getBaggage(within)
  if (baggage === undefined) return undefined
  let identity = known.get(baggage)
  if (identity === undefined) {
    const userId = entry(baggage, ATTR_USER_ID) ?? entry(baggage, ATTR_ENDUSER_ID)
    identity = {
      user: userId === undefined ? undefined : new User(userId),
      sessionId: entry(baggage, ATTR_SESSION_ID),
    }
    known.set(baggage, identity)
  }
  return identity
}

function entry(baggage: Baggage, name: string): string | undefined {
  const value: unknown = baggage.getEntry(name)?.value
  return typeof value === 'string' && value !== '' && value.length <= MAX_ID_LENGTH ? value : undefined
}

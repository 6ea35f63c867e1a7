import { createHash } from 'node:crypto'
import type { FeatureUsageRecord } from '../../../record/index.js'
import type { ErrorGroup } from '../../explore.js'

/** What groups need of a call. */
type FailedCall = Pick<FeatureUsageRecord, 'recordId' | 'status' | 'startTime' | 'userId' | 'errorMessage'>

/** Longer messages are compared by their beginning. */
const MAX_LENGTH = 500

/**
 * What differs between two errors of one kind: quoted text, addresses, paths, ids, times and numbers. The order matters:
 * what is larger goes first.
 */
const VARIABLE =
  /"[^"]*"|(?<!\w)'[^']*'(?!\w)|`[^`]*`|\b[a-z][a-z0-9+.-]*:\/\/\S+|\b[\w.+-]+@[\w.-]+\b|(?:\/[\w.@-]+){2,}|\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b0x[0-9a-f]+\b|\b(?=[a-f]*\d)[0-9a-f]{8,}\b|\d+(?:[.,:]\d+)*/gi

/** The message with its variable parts replaced by `…`. */
function errorPattern(message: string): string {
  return message.slice(0, MAX_LENGTH).replaceAll(VARIABLE, '…').replaceAll(/\s+/g, ' ').trim()
}

/** 16 hexadecimal digits. */
function fingerprintOf(pattern: string): string {
  return createHash('sha256').update(pattern).digest('hex').slice(0, 16)
}

/**
 * Groups of calls that did not succeed, the largest first.
 * @param calls the latest first
 */
export function errorGroups(calls: readonly FailedCall[]): ErrorGroup[] {
  const groups = new Map<string, ErrorGroup>()
  const users = new Map<string, Set<string>>()
  for (const call of calls) {
    const pattern = errorPattern(call.errorMessage ?? '')
    const key = `${call.status} ${pattern}`
    const group = groups.get(key) ?? newGroup(call, key, pattern)
    groups.set(key, group)
    group.count++
    // The latest come first.
    group.firstSeen = call.startTime
    if (call.userId !== null) users.set(key, (users.get(key) ?? new Set()).add(call.userId))
  }
  for (const [key, group] of groups) group.users = users.get(key)?.size ?? 0
  return [...groups.values()].toSorted(
    (left, right) => right.count - left.count || (left.lastSeen < right.lastSeen ? 1 : -1),
  )
}

function newGroup(latest: FailedCall, key: string, pattern: string): ErrorGroup {
  const { status, startTime, errorMessage, recordId } = latest
  return {
    fingerprint: fingerprintOf(key),
    pattern,
    status,
    count: 0,
    users: 0,
    firstSeen: startTime,
    lastSeen: startTime,
    example: errorMessage ?? '',
    exampleRecordId: recordId,
  }
}

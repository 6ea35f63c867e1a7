import { createHash } from 'node:crypto'

/** Longer messages are compared by their beginning. */
const MAX_LENGTH = 500

/**
 * What differs between two errors of one kind: quoted text, addresses, paths, ids, times and numbers. The order matters:
 * what is larger goes first.
 */
const VARIABLE =
  /"[^"]*"|'[^']*'|`[^`]*`|\b[a-z][a-z0-9+.-]*:\/\/\S+|\b[\w.+-]+@[\w.-]+\b|(?:\/[\w.@-]+){2,}|\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b0x[0-9a-f]+\b|\b(?=[a-f]*\d)[0-9a-f]{8,}\b|\d+(?:[.,:]\d+)*/gi

/** The message with its variable parts replaced by `…`. */
export function errorPattern(message: string): string {
  return message.slice(0, MAX_LENGTH).replaceAll(VARIABLE, '…').replaceAll(/\s+/g, ' ').trim()
}

/** 16 hexadecimal digits. */
export function fingerprintOf(pattern: string): string {
  return createHash('sha256').update(pattern).digest('hex').slice(0, 16)
}

import type { RecordPosition } from '../../store/index.js'

/** A place in a list of records as text that goes into a URL. */
export function cursorOf({ startTime, recordId }: RecordPosition): string {
  return Buffer.from(JSON.stringify([startTime, recordId])).toString('base64url')
}

/** Undefined when it is none of ours. */
export function positionOf(cursor: string): RecordPosition | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (!Array.isArray(value) || value.length !== 2) return undefined
    const [startTime, recordId] = value as unknown[]
    return typeof startTime === 'string' && typeof recordId === 'string' ? { startTime, recordId } : undefined
  } catch {
    return undefined
  }
}

import { createHash } from 'node:crypto'
import type { FeatureUsageRecord } from '@cloudcurio/feature-tracking'
import type { RecordDraft } from '@cloudcurio/feature-tracking/store'
import type { RawRow } from './raw.js'

/** Rows lie in these days, whatever their number: a larger table is a busier application. */
export const FIRST_DAY = Date.UTC(2026, 7, 1)
export const DAYS = 100
export const END = FIRST_DAY + DAYS * 86_400_000

const FEATURES = 40
const USERS = 10_000
const ROWS_PER_SESSION = 1000
const JITTER_MICROS = 2_000_000

const CATEGORIES = [
  'ai_provider',
  'mcp_server',
  'sysmon',
  'config_editor',
  'agentic_platform',
  'web_interface',
  'terminal_tool',
  'file_operation',
  'database_operation',
  'other',
] as const

/** The first feature is the commonest (about 40 of 100 calls), the last the rarest (about 2 of 1000). */
export const featureName = (rank: number): string => `feature_${String(rank).padStart(2, '0')}`
export const categoryOf = (rank: number): (typeof CATEGORIES)[number] => CATEGORIES[rank % CATEGORIES.length] as 'other'
export const RAREST = FEATURES - 1

/** The first user makes about 1 of 100 calls, the last about 1 of 20,000. */
export const userOf = (rank: number): string => users[rank] as string
export const LAST_USER = USERS - 1

const users = Array.from({ length: USERS }, (_, rank) => createHash('sha256').update(`user ${rank}`).digest('hex'))
const shares = zipf(FEATURES, 1.5)

/** Up to which random number each rank is taken. */
function zipf(count: number, exponent: number): number[] {
  const weights = Array.from({ length: count }, (_, rank) => 1 / (rank + 1) ** exponent)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  let sum = 0
  return weights.map((weight) => (sum += weight / total))
}

/** The same numbers from 0 to 1 for the same seed (mulberry32): a table can be made again. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/**
 * Rows in the order of time.
 * @param first number of the first one in its table; from `total` on they lie after the table's own
 * @param total rows that fill the days
 */
export function* makeRows(first: number, count: number, total: number): Generator<RawRow> {
  const random = randomFrom(first + 1)
  const step = (DAYS * 86_400_000_000) / total
  for (let index = first; index < first + count; index++) {
    yield makeRow(random, FIRST_DAY * 1000 + index * step, Math.floor(index / ROWS_PER_SESSION))
  }
}

function makeRow(random: () => number, due: number, session: number): RawRow {
  const start = Math.floor(due + random() * JITTER_MICROS)
  const rank = pick(shares, random())
  const status = statusOf(random())
  const duration = Math.round(durationOf(rank, random) * 1e6) / 1e6
  const outputSize = Math.floor(random() * 4000)
  const iterations = random() < 0.9 ? 1 : 2
  return [
    idOf(start, random),
    featureName(rank),
    categoryOf(rank),
    status,
    duration,
    textOf(start),
    textOf(start + Math.round(duration * 1e6)),
    Math.floor(random() * 2000),
    outputSize,
    random() < 0.3 ? `{"model":"model-${rank % 5}","tokens":${outputSize}}` : '{}',
    random() < 0.05 ? null : userOf(Math.floor(USERS * random() ** 2)),
    `00000000-0000-4000-8000-${String(session).padStart(12, '0')}`,
    status === 'success' ? null : `it ${status}`,
    0.5 * Math.min(1, 10 / Math.max(duration, 1e-6)) + 0.3 * Math.min(1, outputSize / 1000) + 0.2 / iterations,
    iterations,
  ]
}

function pick(limits: readonly number[], random: number): number {
  const found = limits.findIndex((limit) => random < limit)
  return found === -1 ? limits.length - 1 : found
}

function statusOf(random: number): string {
  if (random < 0.93) return 'success'
  return random < 0.98 ? 'failed' : random < 0.99 ? 'timeout' : 'partial'
}

/** Log-normal, with a median between 2 ms and 1.3 s. */
function durationOf(rank: number, random: () => number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return Math.exp(Math.log(0.002) + rank / 6 + 0.8 * normal)
}

/** A UUIDv7, as the library makes them. */
function idOf(micros: number, random: () => number): string {
  const time = Math.floor(micros / 1000)
    .toString(16)
    .padStart(12, '0')
  const hex = (digits: number): string =>
    Math.floor(random() * 16 ** digits)
      .toString(16)
      .padStart(digits, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-8${hex(3)}-${hex(12)}`
}

/** The library's form: UTC, fixed width, microseconds. */
export function textOf(micros: number): string {
  const millis = Math.floor(micros / 1000)
  return `${new Date(millis).toISOString().slice(0, 23)}${String(micros - millis * 1000).padStart(3, '0')}+00:00`
}

/** The record of a row, for the library's own way in. */
export function recordOf(row: RawRow): FeatureUsageRecord {
  const [recordId, name, category, status, duration, startTime, endTime, inputSize, outputSize, ...more] = row
  const [metadata, userId, sessionId, errorMessage, efficiencyScore, iterations] = more
  return {
    recordId,
    featureName: name,
    category,
    status,
    duration,
    startTime,
    endTime,
    inputSize,
    outputSize,
    metadata: JSON.parse(metadata as string) as Record<string, unknown>,
    userId,
    sessionId,
    errorMessage,
    efficiencyScore,
    iterations,
  } as FeatureUsageRecord
}

/** The same as a draft, as a tracked call hands it over: its id is still to be made. */
export function draftOf(row: RawRow): RecordDraft {
  const record = recordOf(row)
  const micros = (text: string): number => Date.parse(`${text.slice(0, 23)}Z`) * 1000 + Number(text.slice(23, 26))
  return {
    ...record,
    recordId: undefined,
    startMicros: micros(record.startTime),
    endMicros: micros(record.endTime),
    metadataText: Object.keys(record.metadata).length === 0 ? undefined : JSON.stringify(record.metadata),
  }
}

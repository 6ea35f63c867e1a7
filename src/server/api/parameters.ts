import { z } from '@hono/zod-openapi'
import {
  FEATURE_CATEGORIES,
  FEATURE_STATUSES,
  parseCategory,
  parseStatus,
  parseTimeText,
  timeText,
} from '../../record/index.js'
import type { RecordFilter } from '../../store/index.js'

/*
 * Query parameters. Each says in words what it takes; `badParameter` of input.ts makes the error of them.
 */

interface Documented {
  readonly description: string
  readonly [more: string]: unknown
}

/** A parameter that a function reads. @param expects what to give, in words that end an error message */
export function parameter<T>(parse: (text: string) => T | undefined, expects: string, documented: Documented) {
  return z
    .string({ error: expects })
    .transform((text, context): T => {
      const value = parse(text)
      if (value !== undefined) return value
      context.addIssue({ code: 'custom', message: expects })
      return z.NEVER
    })
    .openapi({ type: 'string', ...documented })
    .optional()
}

export function wholeNumber(min: number, max: number, fallback: number, description: string) {
  const parse = (text: string) => (/^\d{1,9}$/.test(text) ? inRange(Number(text), min, max) : undefined)
  return parameter(parse, `a whole number from ${min} to ${max}`, {
    description,
    type: 'integer',
    minimum: min,
    maximum: max,
    default: fallback,
  }).transform((value) => value ?? fallback)
}

export function seconds(description: string) {
  const parse = (text: string) => (/^\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : undefined)
  return parameter(parse, 'a number of seconds', { description, type: 'number', minimum: 0 })
}

function inRange(value: number, min: number, max: number): number | undefined {
  return value >= min && value <= max ? value : undefined
}

const UNIT_MILLIS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** UTC text of a time that is said outright or by how long ago it was; undefined when it is none. */
export function momentText(text: string, now = Date.now()): string | undefined {
  const back = /^(\d{1,6})([mhdw])$/.exec(text)
  const micros =
    back === null ? parseTimeText(text) : (now - Number(back[1]) * (UNIT_MILLIS[back[2] ?? ''] ?? Number.NaN)) * 1000
  try {
    return micros === undefined ? undefined : timeText(micros)
  } catch {
    return undefined
  }
}

function moment(description: string) {
  return parameter(
    (text) => momentText(text),
    'an ISO 8601 time such as 2026-11-24T14:55:00Z, or how long ago: 30m, 24h, 7d, 4w',
    {
      description,
      examples: ['24h', '2026-11-24T14:55:00Z'],
    },
  )
}

export function textParameter(description: string, more: object = {}) {
  return parameter((value) => (value.length <= 1000 ? value : undefined), 'at most 1000 characters', {
    description,
    maxLength: 1000,
    ...more,
  })
}

export const categoryParameter = parameter(parseCategory, `one of ${FEATURE_CATEGORIES.join(', ')}`, {
  description: 'only this category',
  enum: [...FEATURE_CATEGORIES],
})

export const timeZoneParameter = parameter(
  (value) => (isTimeZone(value) ? value : undefined),
  'an IANA name such as Europe/Berlin',
  {
    description: 'time zone whose days are counted; default UTC',
    examples: ['Europe/Berlin'],
  },
)

export const bucketParameter = parameter(
  (value) => (value === 'minute' || value === 'hour' || value === 'day' ? value : undefined),
  '"minute", "hour" or "day"',
  {
    description:
      'minutes for up to three hours, hours for up to three days, otherwise days; minutes are for a day at the most',
    enum: ['minute', 'hour', 'day'],
  },
)

export const periodParameters = {
  since: moment('started at this time or later'),
  until: moment('started before this time'),
}

export const filterParameters = {
  feature: textParameter('only this feature'),
  category: categoryParameter,
  status: parameter(parseStatus, `one of ${FEATURE_STATUSES.join(', ')}`, {
    description: 'only this status',
    enum: [...FEATURE_STATUSES],
  }),
  user: textParameter('only this user, by id or pseudonym'),
  ...periodParameters,
}

export function oneOf<const T extends string>(values: readonly T[], description: string) {
  return parameter((value) => values.find((known) => known === value), `one of ${values.join(', ')}`, {
    description,
    enum: [...values],
  })
}

function isTimeZone(name: string): boolean {
  try {
    // Offsets such as +01:00 would be taken too: a zone of the sums is a place.
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== ''
  } catch {
    return false
  }
}

interface FilterInput {
  readonly feature?: string | undefined
  readonly category?: RecordFilter['category']
  readonly status?: RecordFilter['status']
  readonly user?: string | undefined
  readonly since?: string | undefined
  readonly until?: string | undefined
}

export function filterOf({ feature, user, ...rest }: FilterInput): RecordFilter {
  const { category: only, status, since, until } = rest
  return { featureName: feature, category: only, status, userId: user, since, until }
}

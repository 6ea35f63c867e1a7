import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { acceptPromotionSets, EXPECTED_SETS, parsePromotionSets, type PromotionSet } from './promotion-sets.js'
import type { RuleSource } from './rules-file.js'

/** Every setting, resolved. Each comes from an argument, else its environment variable, else the default. */
export interface Settings {
  /** Absolute path of the SQLite file. */
  dbPath: string
  /** Off: `trackFeature` hands back the function itself. */
  enabled: boolean
  /** Keep only calls that did not succeed. */
  failuresOnly: boolean
  /** Seconds; shorter calls are not kept. */
  minDuration: number
  /** Bytes of a record's metadata as JSON. */
  maxMetadataSize: number
  /** Replace user ids by pseudonyms. */
  anonymize: boolean
  /** Believe `session.id` and `user.id` of W3C baggage, which comes from outside. */
  acceptBaggage: boolean
  /** Feature names that are never tracked; `*` matches a run of characters. */
  exclude: readonly string[]
  /** So many waiting records start a flush. */
  flushInterval: number
  /** Records in one export call. */
  maxBatchSize: number
  /** Days that records are kept; 0 is for ever. */
  retentionDays: number
  /** Bytes that the file may have; 0 is any number. */
  maxDbSize: number
  /** Sets of built-in rules that make records of other instrumentation's spans. */
  promote: readonly PromotionSet[]
  /** Rules of your own: a file, or rules given in code; undefined is none. */
  rules: RuleSetting
  /** What goes over OTLP where the standard variables name an endpoint. */
  otlp: OtlpChoice
}

/** Absolute path of a rules file, or the rules themselves. */
export type RuleSetting = string | RuleSource | undefined

/** Nothing, the spans that are stored as features, or every sampled span. */
export type OtlpChoice = (typeof OTLP_CHOICES)[number]

const OTLP_CHOICES = ['off', 'features', 'all'] as const

/** One row of the settings table, which README and the command line's help show. */
export interface SettingDefinition<K extends keyof Settings = keyof Settings> {
  readonly name: K
  readonly variable: `FEATURE_TRACKING_${string}`
  readonly defaultText: string
  readonly description: string
  /** What a value must be, in words that end an error message. */
  readonly expects: string
  /** The value that a text means, or undefined when it means none. */
  readonly parse: (text: string) => Settings[K] | undefined
  /** The value that an argument means, or undefined when it is no good. */
  readonly accept: (value: unknown) => Settings[K] | undefined
}

function define<K extends keyof Settings>(definition: SettingDefinition<K>): SettingDefinition<K> {
  return definition
}

const flag = { expects: 'true or false', parse: parseFlag, accept: acceptFlag }
const positive = { expects: 'a whole number of 1 or more', parse: whole(1), accept: acceptWhole(1) }

/** The settings in the order in which documentation shows them. */
export const SETTINGS = [
  define({
    name: 'dbPath',
    variable: 'FEATURE_TRACKING_DB_PATH',
    defaultText: '~/.cloudcurio/feature_tracking.db',
    description: 'SQLite file that holds the records; `~` is the home folder',
    expects: 'the path of a file',
    parse: parsePath,
    accept: (value) => (typeof value === 'string' ? parsePath(value) : undefined),
  }),
  define({
    name: 'enabled',
    variable: 'FEATURE_TRACKING_ENABLED',
    defaultText: 'true',
    description: 'Track at all; when false, functions are left as they are',
    ...flag,
  }),
  define({
    name: 'failuresOnly',
    variable: 'FEATURE_TRACKING_FAILURES_ONLY',
    defaultText: 'false',
    description: 'Keep only calls that failed, timed out or ended in part',
    ...flag,
  }),
  define({
    name: 'minDuration',
    variable: 'FEATURE_TRACKING_MIN_DURATION',
    defaultText: '0.0',
    description: 'Seconds; shorter calls are not kept',
    expects: 'a number of seconds, 0 or more',
    parse: (text) => acceptSeconds(text.trim() === '' ? Number.NaN : Number(text)),
    accept: acceptSeconds,
  }),
  define({
    name: 'maxMetadataSize',
    variable: 'FEATURE_TRACKING_MAX_METADATA_SIZE',
    defaultText: '10240',
    description: "Bytes of a record's metadata as JSON; more is cut and named",
    expects: 'a whole number of bytes, 0 or more',
    parse: whole(0),
    accept: acceptWhole(0),
  }),
  define({
    name: 'anonymize',
    variable: 'FEATURE_TRACKING_ANONYMIZE',
    defaultText: 'true',
    description: 'Replace user ids by pseudonyms (keyed hashes) before they are kept or sent',
    ...flag,
  }),
  define({
    name: 'acceptBaggage',
    variable: 'FEATURE_TRACKING_ACCEPT_BAGGAGE',
    defaultText: 'false',
    description: 'Take user and session from the entries `user.id` and `session.id` of W3C baggage',
    ...flag,
  }),
  define({
    name: 'exclude',
    variable: 'FEATURE_TRACKING_EXCLUDE',
    defaultText: '',
    description: 'Comma-separated feature names never tracked; `*` matches a run of characters',
    expects: 'feature names separated by commas',
    parse: parseNames,
    accept: acceptNames,
  }),
  define({
    name: 'flushInterval',
    variable: 'FEATURE_TRACKING_FLUSH_INTERVAL',
    defaultText: '100',
    description: 'Waiting records that start a flush',
    ...positive,
  }),
  define({
    name: 'maxBatchSize',
    variable: 'FEATURE_TRACKING_MAX_BATCH_SIZE',
    defaultText: '50',
    description: 'Records handed to the exporter in one call',
    ...positive,
  }),
  define({
    name: 'retentionDays',
    variable: 'FEATURE_TRACKING_RETENTION_DAYS',
    defaultText: '0',
    description: 'Days that records are kept, statistics longer; 0 is for ever',
    expects: 'a whole number of days, 0 for ever',
    parse: whole(0),
    accept: acceptWhole(0),
  }),
  define({
    name: 'maxDbSize',
    variable: 'FEATURE_TRACKING_MAX_DB_SIZE',
    defaultText: '0',
    description: 'Size of the file above which the oldest records are removed, such as `500MB`; 0 is any',
    expects: 'a number of bytes, or a size such as 500MB or 2GB; 0 for any',
    parse: parseBytes,
    accept: acceptWhole(0),
  }),
  define({
    name: 'promote',
    variable: 'FEATURE_TRACKING_PROMOTE',
    defaultText: 'off',
    description: 'Built-in rules that make records of other spans: `off`, `all`, or some of their sets',
    expects: EXPECTED_SETS,
    parse: parsePromotionSets,
    accept: acceptPromotionSets,
  }),
  define({
    name: 'rules',
    variable: 'FEATURE_TRACKING_RULES',
    defaultText: '',
    description: 'JSON, JavaScript or TypeScript file with rules of your own for other spans',
    expects: 'the path of a file',
    parse: parsePath,
    accept: acceptRules,
  }),
  define({
    name: 'otlp',
    variable: 'FEATURE_TRACKING_OTLP',
    defaultText: 'all',
    description: 'What goes over OTLP where an endpoint is set: `off`, `features` or `all`',
    expects: 'off, features or all',
    parse: (text) => acceptOtlp(text.trim().toLowerCase()),
    accept: acceptOtlp,
  }),
] as const satisfies readonly SettingDefinition[]

function parseFlag(text: string): boolean | undefined {
  const folded = text.trim().toLowerCase()
  if (['true', '1', 'yes', 'on'].includes(folded)) return true
  return ['false', '0', 'no', 'off'].includes(folded) ? false : undefined
}

function acceptFlag(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined
}

function whole(least: number): (text: string) => number | undefined {
  return (text) => (/^\d+$/.test(text.trim()) ? acceptWhole(least)(Number(text)) : undefined)
}

function acceptWhole(least: number): (value: unknown) => number | undefined {
  return (value) => (Number.isSafeInteger(value) && (value as number) >= least ? (value as number) : undefined)
}

function acceptSeconds(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}

const UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 }

/** `1048576`, `500MB` or `1.5 GB`, in powers of 1000. @returns whole bytes; undefined when the text is no size */
export function parseBytes(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? []
  const factor = UNITS[unit.toLowerCase()]
  return number === undefined || factor === undefined ? undefined : acceptWhole(0)(Math.round(Number(number) * factor))
}

function parsePath(text: string): string | undefined {
  if (text.trim() === '' || text.includes('\0') || text === ':memory:') return undefined
  if (text === '~') return homedir()
  return text.startsWith('~/') ? join(homedir(), text.slice(2)) : resolve(text)
}

function parseNames(text: string): readonly string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

function acceptOtlp(value: unknown): OtlpChoice | undefined {
  return OTLP_CHOICES.find((choice) => choice === value)
}

function acceptNames(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((name) => typeof name === 'string') ? [...value] : undefined
}

function acceptRules(value: unknown): RuleSetting {
  if (typeof value === 'string') return parsePath(value)
  const isSource = typeof value === 'object' && value !== null && Array.isArray((value as Partial<RuleSource>).rules)
  return isSource ? (value as RuleSource) : undefined
}

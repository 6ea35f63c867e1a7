import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PROMOTION_SETS, resolveOne, resolveSettings, SETTINGS, type Settings } from '../../src/config/index.js'

interface Case {
  readonly variable: string
  readonly fallback: unknown
  /** Texts of the variable and what they mean. */
  readonly texts: readonly (readonly [text: string, value: unknown])[]
  readonly badTexts: readonly string[]
  readonly argument: unknown
  readonly badArguments: readonly unknown[]
}

const FLAGS = [
  ['true', true],
  ['TRUE', true],
  ['1', true],
  ['yes', true],
  ['on', true],
  [' true ', true],
  ['false', false],
  ['False', false],
  ['0', false],
  ['no', false],
  ['off', false],
] as const
const BAD_FLAGS = ['maybe', '2', 'tru', ' ', 'null']
const BAD_COUNTS = ['0', '-1', '1.5', 'many', '1e3', '9007199254740993', ' ']

const CASES: Record<keyof Settings, Case> = {
  dbPath: {
    variable: 'FEATURE_TRACKING_DB_PATH',
    fallback: join(homedir(), '.cloudcurio', 'feature_tracking.db'),
    texts: [
      ['/var/data/usage.db', '/var/data/usage.db'],
      ['~/usage.db', join(homedir(), 'usage.db')],
      ['~', homedir()],
      ['data/../usage.db', resolve('usage.db')],
      ['/data/~/usage.db', '/data/~/usage.db'],
    ],
    badTexts: ['   ', ':memory:', 'a\0b'],
    argument: '/elsewhere/usage.db',
    badArguments: ['', ':memory:', 'a\0b', 7, null, {}],
  },
  enabled: {
    variable: 'FEATURE_TRACKING_ENABLED',
    fallback: true,
    texts: FLAGS,
    badTexts: BAD_FLAGS,
    argument: false,
    badArguments: ['true', 1, null],
  },
  failuresOnly: {
    variable: 'FEATURE_TRACKING_FAILURES_ONLY',
    fallback: false,
    texts: FLAGS,
    badTexts: BAD_FLAGS,
    argument: true,
    badArguments: ['false', 0, null],
  },
  minDuration: {
    variable: 'FEATURE_TRACKING_MIN_DURATION',
    fallback: 0,
    texts: [
      ['0.5', 0.5],
      ['2', 2],
      ['0', 0],
      ['1e-3', 0.001],
      [' 3 ', 3],
    ],
    badTexts: ['-1', 'fast', 'Infinity', 'NaN', '5s', ' '],
    argument: 0.25,
    badArguments: [-1, Number.NaN, Infinity, '1', null],
  },
  maxMetadataSize: {
    variable: 'FEATURE_TRACKING_MAX_METADATA_SIZE',
    fallback: 10_240,
    texts: [
      ['0', 0],
      ['512', 512],
      [' 7 ', 7],
    ],
    badTexts: ['-1', '1.5', '10kb', '1e3', '9007199254740993'],
    argument: 100,
    badArguments: [-1, 1.5, '100', Infinity, null],
  },
  anonymize: {
    variable: 'FEATURE_TRACKING_ANONYMIZE',
    fallback: true,
    texts: FLAGS,
    badTexts: BAD_FLAGS,
    argument: false,
    badArguments: ['no', 0, null],
  },
  acceptBaggage: {
    variable: 'FEATURE_TRACKING_ACCEPT_BAGGAGE',
    fallback: false,
    texts: FLAGS,
    badTexts: BAD_FLAGS,
    argument: true,
    badArguments: ['yes', 1, null],
  },
  exclude: {
    variable: 'FEATURE_TRACKING_EXCLUDE',
    fallback: [],
    texts: [
      ['health', ['health']],
      [' a , b*,, c ', ['a', 'b*', 'c']],
      [',', []],
    ],
    badTexts: [],
    argument: ['a, b', 'c*'],
    badArguments: ['health', [7], null, {}],
  },
  flushInterval: {
    variable: 'FEATURE_TRACKING_FLUSH_INTERVAL',
    fallback: 100,
    texts: [
      ['1', 1],
      ['250', 250],
    ],
    badTexts: BAD_COUNTS,
    argument: 5,
    badArguments: [0, -1, 1.5, '5', Number.NaN, null],
  },
  maxBatchSize: {
    variable: 'FEATURE_TRACKING_MAX_BATCH_SIZE',
    fallback: 50,
    texts: [
      ['1', 1],
      ['512', 512],
    ],
    badTexts: BAD_COUNTS,
    argument: 5,
    badArguments: [0, -1, 1.5, '5', Number.NaN, null],
  },
  retentionDays: {
    variable: 'FEATURE_TRACKING_RETENTION_DAYS',
    fallback: 0,
    texts: [
      ['0', 0],
      ['90', 90],
    ],
    badTexts: ['-1', '1.5', '7d', ' '],
    argument: 30,
    badArguments: [-1, 1.5, '30', Number.NaN, null],
  },
  maxDbSize: {
    variable: 'FEATURE_TRACKING_MAX_DB_SIZE',
    fallback: 0,
    texts: [
      ['0', 0],
      ['1048576', 1_048_576],
      ['500MB', 500_000_000],
      ['1.5 gb', 1_500_000_000],
      ['64kB', 64_000],
    ],
    badTexts: ['-1', 'big', '5 MiB', '1,5GB', ' ', '9TBB'],
    argument: 1_000_000,
    badArguments: [-1, 1.5, '1MB', Number.NaN, null],
  },
  promote: {
    variable: 'FEATURE_TRACKING_PROMOTE',
    fallback: [],
    texts: [
      ['off', []],
      [' OFF ', []],
      ['all', PROMOTION_SETS],
      ['database', ['database']],
      [' http , gen_ai,,mcp ', ['mcp', 'gen_ai', 'http']],
    ],
    badTexts: ['on', 'true', 'database,off', 'all,http', 'databases', ',', ' '],
    argument: ['http'],
    badArguments: ['on', ['https'], [7], null, true, {}],
  },
  rules: {
    variable: 'FEATURE_TRACKING_RULES',
    fallback: undefined,
    texts: [
      ['/etc/app/rules.json', '/etc/app/rules.json'],
      ['~/rules.ts', join(homedir(), 'rules.ts')],
      ['rules.json', resolve('rules.json')],
    ],
    badTexts: ['  ', 'a\0b'],
    argument: { rules: [] },
    badArguments: ['', 7, null, [], {}, { rules: 'a.json' }],
  },
  otlp: {
    variable: 'FEATURE_TRACKING_OTLP',
    fallback: 'all',
    texts: [
      ['off', 'off'],
      ['features', 'features'],
      [' ALL ', 'all'],
    ],
    badTexts: ['on', 'true', 'everything', ' '],
    argument: 'features',
    badArguments: ['ALL', true, null, ['all']],
  },
}

function resolved(
  options: Record<string, unknown>,
  environment: NodeJS.ProcessEnv,
): { settings: Settings; warnings: string[] } {
  const warnings: string[] = []
  const settings = resolveSettings(options, environment, (message) => warnings.push(message))
  return { settings, warnings }
}

describe('the settings', () => {
  it('are those of the table', () => {
    expect(SETTINGS.map((setting) => [setting.name, setting.variable])).toEqual(
      Object.entries(CASES).map(([name, { variable }]) => [name, variable]),
    )
  })

  it('do not see other variables', () => {
    const environment = { FEATURE_TRACKING_DB: '/x', ENABLED: 'false', feature_tracking_enabled: 'false' }
    expect(resolved({}, environment).settings).toEqual(resolved({}, {}).settings)
  })

  it('say where a value came from', () => {
    const [, enabled] = SETTINGS
    const environment = { FEATURE_TRACKING_ENABLED: 'no' }
    const ignore = () => {}
    expect(resolveOne(enabled, { enabled: true }, environment, ignore)).toEqual({ value: true, origin: 'argument' })
    expect(resolveOne(enabled, {}, environment, ignore)).toEqual({ value: false, origin: 'environment' })
    expect(resolveOne(enabled, {}, {}, ignore)).toEqual({ value: true, origin: 'default' })
    expect(resolveOne(enabled, {}, { FEATURE_TRACKING_ENABLED: 'perhaps' }, ignore)).toEqual({
      value: true,
      origin: 'default',
    })
  })
})

describe.each(Object.entries(CASES))('%s', (name, { variable, fallback, texts, badTexts, argument, badArguments }) => {
  const valueOf = (settings: Settings) => settings[name as keyof Settings] as unknown

  it('has the documented default, also where the variable is empty', () => {
    for (const environment of [{}, { [variable]: '' }]) {
      const { settings, warnings } = resolved({}, environment)
      expect(valueOf(settings)).toEqual(fallback)
      expect(warnings).toEqual([])
    }
  })

  it('is read from the environment', () => {
    for (const [text, value] of texts) {
      const { settings, warnings } = resolved({}, { [variable]: text })
      expect(valueOf(settings), text).toEqual(value)
      expect(warnings).toEqual([])
    }
  })

  it('is taken from the argument before the environment', () => {
    for (const text of [texts[0]?.[0], badTexts[0]]) {
      const { settings, warnings } = resolved({ [name]: argument }, { [variable]: text })
      expect(valueOf(settings)).toEqual(argument)
      expect(warnings).toEqual([])
    }
    expect(valueOf(resolved({ [name]: undefined }, {}).settings)).toEqual(fallback)
  })

  it('falls back to the default for a bad variable, with one warning that names variable and value', () => {
    for (const text of badTexts) {
      const { settings, warnings } = resolved({}, { [variable]: text })
      expect(valueOf(settings), JSON.stringify(text)).toEqual(fallback)
      expect(warnings, JSON.stringify(text)).toHaveLength(1)
      expect(warnings[0]).toContain(`${variable} is ${JSON.stringify(text)}: give `)
    }
  })

  it('throws for a bad argument and names it', () => {
    for (const bad of badArguments) {
      expect(() => resolved({ [name]: bad }, {}), String(bad)).toThrow(TypeError)
      expect(() => resolved({ [name]: bad }, {}), String(bad)).toThrow(new RegExp(`^${name} is .*: give `))
    }
  })
})

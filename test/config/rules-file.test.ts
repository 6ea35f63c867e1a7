import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readRulesFile, type RulesFileError } from '../../src/config/index.js'
import { EventCounter } from '../../src/health/index.js'
import { FeatureSpanProcessor } from '../../src/pipeline/index.js'
import { runNode } from '../support/child.js'
import { FakeExporter } from '../support/fake-exporter.js'
import { sdkSpan } from '../support/spans.js'
import { tempDatabase } from '../support/temp.js'

const RULES = { rules: [{ match: { name: 'job *' }, feature: 'job' }] }

function file(name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'rules-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
  })
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

function failure(path: string): RulesFileError {
  try {
    readRulesFile(path)
  } catch (error) {
    return error as RulesFileError
  }
  throw new Error('it was read')
}

describe('a rules file', () => {
  it.each([
    ['rules.json', `\uFEFF${JSON.stringify(RULES)}`],
    ['rules.cjs', `module.exports = ${JSON.stringify(RULES)}`],
    ['rules.mjs', `export default ${JSON.stringify(RULES)}`],
  ])('%s gives its rules', (name, text) => {
    expect(readRulesFile(file(name, text))).toEqual(RULES)
  })

  it.each([
    ['rules.json', '{', /rules\.json is not JSON: /],
    ['rules.yaml', '', /rules\.yaml: a rules file ends in \.json, \.js, \.mjs, \.cjs or \.ts/],
    ['rules.mjs', 'await 1; export default {}', /cannot be loaded: it awaits at the top level\. .* remove the await/],
    ['rules.mjs', 'export const rules = []', /has no default export: write `export default defineRules\(\[…\]\)`/],
    ['rules.cjs', 'throw new Error("no luck")', /cannot be loaded: no luck/],
  ])('%s with %j is refused with the reason', (name, text, expected) => {
    const error = failure(file(name, text))
    expect(error.message).toMatch(expected)
    expect(error.code).toBe('unreadable')
  })

  it('that is not there is told from one that cannot be read', () => {
    expect(failure('/nowhere/rules.json')).toMatchObject({
      code: 'not_found',
      message: '/nowhere/rules.json does not exist',
    })
    expect(failure('/nowhere/rules.mjs').code).toBe('not_found')
    expect(failure(join(file('a', ''), '..').concat('/.json/../x.json')).code).toBe('not_found')
  })

  it('in TypeScript is read where Node.js runs it, and refused with the remedy where not', () => {
    const path = file('rules.ts', `const rules: object[] = []\nexport default { rules }`)
    if (typeof (process.features as { typescript?: unknown }).typescript === 'string')
      expect(readRulesFile(path)).toEqual({ rules: [] })
    else
      expect(failure(path).message).toMatch(
        /does not run TypeScript\. Compile the file to JavaScript, use JSON, or run Node\.js 22\.18/,
      )
  })
})

describe('a processor with a rules file', () => {
  async function promoted(rules: string): Promise<{ names: string[]; counts: object }> {
    const [events, exporter] = [new EventCounter(), new FakeExporter()]
    const processor = new FeatureSpanProcessor(exporter, { rules, events })
    processor.onEnd(sdkSpan({ name: 'job 1' }))
    await processor.shutdown()
    return { names: exporter.batches.flat().map(({ name }) => name), counts: events.counts() }
  }

  it('uses its good rules, and counts the bad ones', async () => {
    const rules = [{ match: {} }, ...RULES.rules, { match: { name: 'x' }, feature: '{' }]
    const path = file('rules.json', JSON.stringify({ rules }))
    expect(await promoted(path)).toEqual({ names: ['job 1'], counts: { rule_ignored: 3 } })
  })

  it('goes on without a file that cannot be used', async () => {
    expect(await promoted('/nowhere/rules.json')).toEqual({ names: [], counts: { rule_ignored: 1 } })
    expect(await promoted(file('rules.json', '[')).then(({ counts }) => counts)).toEqual({ rule_ignored: 1 })
  })
})

describe('in an application without OpenTelemetry', () => {
  const APPLICATION = `
    import { trace, SpanKind, diag } from '@opentelemetry/api'
    import { featureTracker, trackFeature, activeFeature } from '@cloudcurio/feature-tracking'
    diag.setLogger({ warn: (text) => console.log('warn ' + text), error() {}, info() {}, debug() {}, verbose() {} })
    const query = () => {
      const attributes = { 'db.system': 'sqlite', 'db.statement': 'SELECT * FROM orders' }
      trace.getTracer('driver').startSpan('query', { kind: SpanKind.CLIENT, attributes }).end()
      trace.getTracer('driver').startSpan('job 1').end()
    }
    trackFeature('checkout')(query)()
    const records = await featureTracker.getAllRecords()
    console.log(JSON.stringify(records.map((r) => [r.featureName, r.category, r.metadata.parent_feature ?? null]).sort()))
    await featureTracker.shutdown()
  `

  it('two variables promote what other instrumentation makes, below the calls that it ran in', async () => {
    const rules = file(
      'rules.mjs',
      `export default { rules: [{ match: { name: 'job *' }, feature: 'job' }, { match: {} }] }`,
    )
    const env = {
      FEATURE_TRACKING_DB_PATH: tempDatabase(),
      FEATURE_TRACKING_PROMOTE: 'database',
      FEATURE_TRACKING_RULES: rules,
      OTEL_TRACES_SAMPLER: 'always_off',
      NODE_NO_WARNINGS: '1',
    }
    const { stdout } = await runNode(APPLICATION, { env })
    const [warning = '', ...lines] = stdout
      .trim()
      .split('\n')
      .toSorted((a, b) => Number(b.startsWith('warn')) - Number(a.startsWith('warn')))
    expect(warning).toMatch(/rules\.mjs, rule 2, match: it has no condition .*The rule is left out/)
    expect(JSON.parse(lines.at(-1) as string)).toEqual([
      ['SELECT orders', 'database_operation', 'checkout'],
      ['checkout', 'other', null],
      ['job', 'other', 'checkout'],
    ])
  })
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { recordedText } from '../span/rules/fixtures.js'
import { cli, temporaryFolder } from './helpers.js'

const GRAPHQL = {
  name: 'graphql',
  match: { scope: '*-graphql', attributes: { 'graphql.operation.type': '*' } },
  feature: 'graphql {graphql.operation.name}',
}

function files(rules: unknown, spans = recordedText('graphql')): { rules: string; spans: string } {
  const folder = temporaryFolder()
  const paths = { rules: join(folder, 'rules.json'), spans: join(folder, 'spans.jsonl') }
  writeFileSync(paths.rules, typeof rules === 'string' ? rules : JSON.stringify(rules))
  writeFileSync(paths.spans, spans)
  return paths
}

describe('rules check', () => {
  it('says that a file is good', async () => {
    const { rules } = files({ rules: [GRAPHQL] })
    expect(await cli(['rules', 'check', rules])).toEqual({ code: 0, stdout: `1 good rule in ${rules}.\n`, stderr: '' })
  })

  it('tells every problem, and fails', async () => {
    const { rules } = files({
      rules: [GRAPHQL, { match: {}, feature: 'x' }, { name: 'odd', match: { name: 'a' }, feature: '{' }],
    })
    const { code, stdout, stderr } = await cli(['rules', 'check', rules])
    expect(code).toBe(3)
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      expect.stringMatching(/rules\.json, rule 2, match: it has no condition/),
      expect.stringMatching(/rules\.json, rule 3 \(odd\), feature: "\{" has braces/),
      `1 good rule in ${rules}.`,
    ])
    expect(stderr).toBe(
      `error: ${rules} has 2 problems\nhint: an application leaves bad rules out, and uses the others\n`,
    )
  })

  it('shows what each rule makes of recorded spans', async () => {
    const { rules, spans } = files({ rules: [GRAPHQL] })
    const { code, stdout } = await cli(['rules', 'check', rules, '--spans', spans, '--promote', 'http'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^graphql +file +1 +1$/m)
    expect(stdout).toMatch(/^http +built-in +0 +0$/m)
    expect(stdout).toMatch(
      /^query GetUser +@opentelemetry\/instrumentation-graphql +graphql +graphql GetUser +other +success/m,
    )
    expect(stdout).toMatch(
      /^graphql\.parse .* graphql: it has no graphql\.operation\.type; built-in rules: spans of .* are parts of others/m,
    )
  })

  it('takes the built-in sets from the environment where they are not given', async () => {
    const { rules, spans } = files({ rules: [] }, recordedText('express'))
    const surroundings = { env: { FEATURE_TRACKING_PROMOTE: 'http' } }
    const { stdout } = await cli(['rules', 'check', rules, '--spans', spans, '--json'], surroundings)
    const {
      dry_run: run,
      valid,
      problems,
    } = JSON.parse(stdout) as {
      valid: number
      problems: []
      dry_run: { rules: object[]; spans: { record: object | null }[] }
    }
    expect([valid, problems]).toEqual([0, []])
    expect(run.rules).toEqual([{ name: 'http', built_in: true, matches: 5, records: 5 }])
    expect(run.spans.find(({ record }) => record !== null)).toMatchObject({
      span: 'GET /users/:id',
      kind: 'server',
      rule: 'http',
      why: null,
      record: { feature_name: 'GET /users/:id', metadata: { 'http.route': '/users/:id' } },
    })
    expect((await cli(['rules', 'check', rules, '--spans', spans, '--csv'], surroundings)).stdout.split('\n')[0]).toBe(
      'span,kind,scope,trace_id,span_id,rule,why,record',
    )
  })

  it('reads OTLP in JSON', async () => {
    const attribute = (key: string, value: object) => ({ key, value })
    const span = {
      name: 'GET',
      kind: 2,
      traceId: '1'.repeat(32),
      spanId: '2'.repeat(16),
      startTimeUnixNano: '1795532100000000000',
      endTimeUnixNano: '1795532100250000000',
      attributes: [
        attribute('http.request.method', { stringValue: 'GET' }),
        attribute('http.response.status_code', { intValue: '504' }),
        attribute('list', { arrayValue: { values: [{ stringValue: 'a' }] } }),
      ],
      status: { code: 'STATUS_CODE_ERROR' },
    }
    const otlp = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ scope: { name: 'http' }, spans: [span] }] }] })
    for (const text of [otlp, `${otlp}\n${otlp}\n`]) {
      const { rules, spans } = files({ rules: [] }, text)
      const { stdout } = await cli(['rules', 'check', rules, '--spans', spans, '--promote', 'all', '--json'])
      const { dry_run: run } = JSON.parse(stdout) as { dry_run: { spans: object[] } }
      expect(run.spans[0]).toMatchObject({
        scope: 'http',
        record: {
          feature_name: 'GET',
          status: 'timeout',
          duration: 0.25,
          start_time: '2026-11-24T14:55:00.000000+00:00',
        },
      })
    }
  })

  it.each([
    ['not json\n{}', /spans\.jsonl, line 1 is not JSON: give one span, or one OTLP request, a line/],
    [
      '{"name":"a","kind":"server"}\n{"name":"b","kind":"sever","startTimeUnixNano":"1"}',
      /line 1: startTimeUnixNano is missing: give nanoseconds/,
    ],
    ['{"name":"b","kind":"sever","startTimeUnixNano":"1"}', /item 1: kind is "sever": give one of INTERNAL, SERVER/],
    ['[7]', /item 1 is no span: give an object/],
  ])('refuses spans that are %j', async (text, expected) => {
    const { rules, spans } = files({ rules: [] }, text)
    const { code, stderr } = await cli(['rules', 'check', rules, '--spans', spans])
    expect(code).toBe(3)
    expect(stderr).toMatch(expected)
  })

  it('tells a file that is not there from one that is bad', async () => {
    expect(await cli(['rules', 'check', '/nowhere.json'])).toMatchObject({
      code: 1,
      stderr: 'error: /nowhere.json does not exist\n',
    })
    const { rules } = files('{')
    expect(await cli(['rules', 'check', rules])).toMatchObject({ code: 3 })
    expect(await cli(['rules', 'check', files({ rules: [] }).rules, '--spans', '/nowhere.jsonl'])).toMatchObject({
      code: 1,
    })
    expect(await cli(['rules', 'check', rules, '--promote', 'htp'])).toMatchObject({ code: 2 })
  })
})

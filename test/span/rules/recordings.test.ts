import { describe, expect, it } from 'vitest'
import { PROMOTION_SETS, type PromotionSet } from '../../../src/config/index.js'
import { dryRunRules, type DryRunSpan } from '../../../src/span/index.js'
import { RECORDINGS, recordedText, recording } from './fixtures.js'

/** What the built-in rules make of real spans, in the order in which they ended; spans that match none are left out. */
const EXPECTED: Readonly<Record<string, string>> = {
  'ai-sdk-5': `
    ai.generateText.doGenerate => gen_ai: it is a part of "chat mock-1", which counts
    ai.toolCall => execute_tool search | agentic_platform | success | in chat mock-1
    ai.generateText.doGenerate => gen_ai: it is a part of "chat mock-1", which counts
    ai.generateText => chat mock-1 | ai_provider | success
  `,
  'ai-sdk-7': `
    chat mock-1 => chat mock-1 | ai_provider | success | in invoke_agent answer
    execute_tool search => execute_tool search | agentic_platform | success | in invoke_agent answer
    chat mock-1 => chat mock-1 | ai_provider | success | in invoke_agent answer
    invoke_agent mock-1 => invoke_agent answer | agentic_platform | success
  `,
  'aws-sqs': `
    POST => http_client: it is a part of "send orders", which counts
    orders send => send orders | other | success
    POST => http_client: it is a part of "receive orders", which counts
    orders receive => receive orders | other | success
    POST => http_client: it is a part of "SQS/ListQueues", which counts
    SQS.ListQueues => SQS/ListQueues | other | success
  `,
  express: `
    GET /users/:id => GET /users/:id | web_interface | success | in GET localhost
    GET => GET localhost | other | success
    POST /orders => POST /orders | web_interface | success | in POST localhost
    POST => POST localhost | other | success
    GET /broken => GET /broken | web_interface | failed | in GET localhost | error HTTP 500
    GET => GET localhost | other | failed | error HTTP 500
    GET /slow => GET /slow | web_interface | timeout | in GET localhost | error HTTP 504
    GET => GET localhost | other | timeout | error HTTP 504
    GET => GET | web_interface | success | in GET localhost
    GET => GET localhost | other | failed | error HTTP 404
  `,
  fs: `
    fs writeFileSync => fs writeFileSync | file_operation | success
    fs readFile => fs readFile | file_operation | success
    fs statSync => fs statSync | file_operation | success
    fs readFileSync => fs readFileSync | file_operation | failed | error ENOENT: no such file or directory, open '/tmp/file'
  `,
  grpc: `
    grpc.shop.Orders/Place => rpc: it is a part of "shop.Orders/Place", which counts
    grpc.shop.Orders/Place => shop.Orders/Place | other | success
    grpc.shop.Orders/Wait => shop.Orders/Wait | other | timeout | error RPC status 4
  `,
  ioredis: `
    connect => database: it has none of the attributes that its feature would be named after
    client => database: it has none of the attributes that its feature would be named after
    client => database: it has none of the attributes that its feature would be named after
    set => SET redis | database_operation | success
    set => SET redis | database_operation | success
    get => GET redis | database_operation | success
    incr => INCR redis | database_operation | failed | error ERR value is not an integer
  `,
  'koa-undici': `
    GET => GET | web_interface | success | in GET localhost
    GET => GET localhost | other | success
    POST => POST | web_interface | timeout | in POST localhost | error HTTP 408
    POST => POST localhost | other | timeout | error HTTP 408
  `,
  openai: `
    POST => http_client: it is a part of "chat gpt-4o", which counts
    chat gpt-4o => chat gpt-4o | ai_provider | partial
    POST => http_client: it is a part of "embeddings text-embedding-3-small", which counts
    embeddings text-embedding-3-small => embeddings text-embedding-3-small | ai_provider | success
    POST => http_client: it is a part of "chat gpt-4o", which counts
    chat gpt-4o => chat gpt-4o | ai_provider | failed | error 404 not found
  `,
  'pg-knex': `
    pg.connect => database: it has none of the attributes that its feature would be named after
    pg-pool.connect => database: it has none of the attributes that its feature would be named after
    pg.query:CREATE postgres => CREATE orders | database_operation | success
    pg-pool.connect => database: it has none of the attributes that its feature would be named after
    pg.query:INSERT postgres => INSERT orders | database_operation | success
    pg-pool.connect => database: it has none of the attributes that its feature would be named after
    pg.query:SELECT postgres => SELECT orders | database_operation | success
    pg-pool.connect => database: it has none of the attributes that its feature would be named after
    pg.query:SELECT postgres => SELECT postgresql | database_operation | success
    pg-pool.connect => database: it has none of the attributes that its feature would be named after
    pg.query:SELECT postgres => SELECT missing | database_operation | failed | error relation "missing" does not exist
    pg.connect => database: it has none of the attributes that its feature would be named after
    pg.query:SELECT postgres => SELECT postgresql | database_operation | success
    pg.query:SELECT postgres => database: it is a part of "SELECT orders", which counts
    select postgres.orders => SELECT orders | database_operation | success
  `,
  'traceloop-anthropic': `
    chat claude-sonnet-4-5 => chat claude-sonnet-4-5 | ai_provider | partial
  `,
  'traceloop-mcp': `
    initialize.mcp => initialize | mcp_server | success
    tools/list.mcp => tools/list | mcp_server | success
    search.tool => tools/call search | mcp_server | success
    missing.tool => tools/call missing | mcp_server | failed | error MCP error -32602: Tool missing not found
  `,
  'traceloop-openai': `
    chat gpt-4o => chat gpt-4o | ai_provider | partial | in invoke_workflow answer_question
    answer_question.workflow => invoke_workflow answer_question | agentic_platform | success
  `,
}

function shown({ name, rule, record, why }: DryRunSpan): string {
  if (record === undefined) return `${name} => ${rule}: ${why}`
  const parent = record.metadata['parent_feature']
  return [
    `${name} => ${record.featureName}`,
    record.category,
    record.status,
    ...(parent === undefined ? [] : [`in ${String(parent)}`]),
    ...(record.errorMessage === null ? [] : [`error ${record.errorMessage}`]),
  ].join(' | ')
}

function lines(name: string, rules: unknown, promote: readonly PromotionSet[] = PROMOTION_SETS): string[] {
  const { spans } = dryRunRules(recording(name), rules, { promote })
  return spans.filter(({ rule }) => rule !== undefined).map(shown)
}

describe('of spans recorded from real instrumentation the built-in rules make', () => {
  it.each(Object.keys(EXPECTED))('%s', (name) => {
    const expected = (EXPECTED[name] as string).trim().split('\n')
    expect(lines(name, [])).toEqual(expected.map((line) => line.trim()))
  })

  it('nothing of GraphQL, for which a rule of one’s own is needed', () => {
    expect(lines('graphql', [])).toEqual([])
    const rule = {
      match: { scope: '*-graphql', attributes: { 'graphql.operation.type': '*' } },
      feature: 'graphql {graphql.operation.name|graphql.operation.type}',
      category: 'web_interface',
    }
    expect(lines('graphql', [rule])).toEqual(['query GetUser => graphql GetUser | web_interface | success'])
  })

  it('something for eight instrumentations and more', () => {
    const scopes = new Set(
      RECORDINGS.flatMap((name) => dryRunRules(recording(name), [], { promote: PROMOTION_SETS }).spans)
        .filter(({ record }) => record !== undefined)
        .map(({ scope }) => scope),
    )
    expect(scopes.size).toBeGreaterThanOrEqual(8)
    expect(RECORDINGS.toSorted()).toEqual(['graphql', ...Object.keys(EXPECTED)].toSorted())
  })

  it('no record that tells of prompts, answers, arguments, statements, paths or users', () => {
    const greedy = { match: { scope: '*' }, feature: 'all {span.kind}', metadata: ['*'] }
    for (const rules of [[], [greedy]])
      for (const name of RECORDINGS) {
        const { spans } = dryRunRules(recording(name), rules, { promote: PROMOTION_SETS })
        const records = spans.map(({ record }) => [record?.featureName, record?.userId, record?.metadata])
        // What must not be kept has one of these in it, as the recording shows.
        expect(JSON.stringify(records)).not.toMatch(/secret|\bada\b|example\.org|SELECT \*|\/things\/|\/users\/42/i)
      }
    const all = RECORDINGS.map(recordedText).join('')
    for (const word of ['secret', 'ada@example.org', 'SELECT *', '/things/7', '/users/42']) expect(all).toContain(word)
  })

  it('tokens, models and reasons in the metadata', () => {
    const { spans } = dryRunRules(recording('openai'), [], { promote: ['gen_ai'] })
    expect(spans.find(({ record }) => record?.featureName === 'chat gpt-4o')?.record?.metadata).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.model': 'gpt-4o-2024-08-06',
      'gen_ai.usage.input_tokens': 12,
      'gen_ai.usage.output_tokens': 5,
      'gen_ai.response.finish_reasons': ['length'],
      'otel.scope.name': '@opentelemetry/instrumentation-openai',
    })
  })

  it('only what the chosen sets say', () => {
    expect(lines('express', [], ['database'])).toEqual([])
    expect(lines('openai', [], ['http_client'])).toHaveLength(3)
    expect(lines('openai', [], ['http_client']).every((line) => line.includes('POST localhost'))).toBe(true)
  })
})

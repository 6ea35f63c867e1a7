import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import { PROMOTION_SETS } from '../../../src/config/index.js'
import type { FeatureUsageRecord } from '../../../src/record/index.js'
import { type FinishedSpan, Promoter, recordFromSpan, RuleSet } from '../../../src/span/index.js'
import { duckSpan } from '../../support/spans.js'

const { INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER } = SpanKind
const OPTIONS = { maxMetadataSize: 10_240, sessionId: 's', pseudonymize: (id: string) => `#${id.length}` }

function recordOf(
  kind: SpanKind,
  attributes: Record<string, unknown>,
  more: Partial<FinishedSpan> = {},
): FeatureUsageRecord | undefined {
  const span = duckSpan(attributes, { kind, ...more })
  const outcome = new Promoter(new RuleSet([], PROMOTION_SETS), () => false).end(span)
  return outcome !== undefined && 'promotion' in outcome ? recordFromSpan(span, OPTIONS, outcome.promotion) : undefined
}

function summary(...given: Parameters<typeof recordOf>): string | undefined {
  const record = recordOf(...given)
  return record && `${record.featureName} | ${record.category} | ${record.status}`
}

describe('built-in rules read', () => {
  const SQL = '/* tag */ SELECT o.* FROM "public"."orders" o WHERE mail = \'ada@example.org\''

  it.each<[string, SpanKind, Record<string, unknown>, string | undefined]>([
    [
      'old HTTP server names',
      SERVER,
      { 'http.method': 'GET', 'http.route': '/users/:id', 'http.target': '/users/7', 'http.status_code': 200 },
      'GET /users/:id | web_interface | success',
    ],
    ['a route alone', SERVER, { 'http.route': '/users' }, 'HTTP /users | web_interface | success'],
    [
      'a method of no standard',
      SERVER,
      { 'http.request.method': 'BREW', 'http.route': '/pot' },
      'HTTP /pot | web_interface | success',
    ],
    ['no route', SERVER, { 'http.request.method': 'GET', 'url.path': '/users/7' }, 'GET | web_interface | success'],
    [
      'a gateway that gave up',
      SERVER,
      { 'http.method': 'GET', 'http.status_code': 504 },
      'GET | web_interface | timeout',
    ],
    [
      'a request of a client',
      CLIENT,
      { 'http.method': 'POST', 'http.host': 'api.example.com:443', 'http.url': 'https://api.example.com/x?k=1' },
      'POST api.example.com | other | success',
    ],
    [
      'a template of a URL',
      CLIENT,
      { 'http.request.method': 'GET', 'url.template': '/users/{id}', 'server.address': 'a.b' },
      'GET /users/{id} | other | success',
    ],
    [
      'a statement',
      CLIENT,
      { 'db.system': 'postgresql', 'db.statement': SQL },
      'SELECT orders | database_operation | success',
    ],
    [
      'an old operation and table',
      CLIENT,
      { 'db.system': 'mysql', 'db.operation': 'INSERT', 'db.sql.table': 'users' },
      'INSERT users | database_operation | success',
    ],
    [
      'a summary',
      CLIENT,
      { 'db.system.name': 'mysql', 'db.query.summary': 'SELECT users orders' },
      'SELECT users orders | database_operation | success',
    ],
    [
      'a collection',
      CLIENT,
      { 'db.system': 'mongodb', 'db.operation': 'insert', 'db.mongodb.collection': 'users' },
      'insert users | database_operation | success',
    ],
    [
      'a command',
      CLIENT,
      { 'db.system': 'redis', 'db.statement': 'HSET user:ada name Ada' },
      'HSET redis | database_operation | success',
    ],
    [
      'a table of DynamoDB',
      CLIENT,
      {
        'db.system': 'dynamodb',
        'db.operation': 'GetItem',
        'rpc.system': 'aws-api',
        'aws.dynamodb.table_names': ['users'],
      },
      'GetItem users | database_operation | success',
    ],
    ['a statement that is none', CLIENT, { 'db.system': 'postgresql', 'db.statement': 'ada@example.org' }, undefined],
    ['a database that is a server', SERVER, { 'db.system': 'postgresql', 'db.operation': 'SELECT' }, undefined],
    [
      'an MCP tool',
      SERVER,
      { 'mcp.method.name': 'tools/call', 'mcp.tool.name': 'search', 'gen_ai.operation.name': 'execute_tool' },
      'tools/call search | mcp_server | success',
    ],
    [
      'an MCP resource',
      SERVER,
      { 'mcp.method.name': 'resources/read', 'mcp.resource.uri': 'file:///home/ada' },
      'resources/read | mcp_server | success',
    ],
    [
      'an MCP prompt',
      CLIENT,
      { 'mcp.method.name': 'prompts/get', 'gen_ai.prompt.name': 'summary' },
      'prompts/get summary | mcp_server | success',
    ],
    [
      'an old model',
      CLIENT,
      { 'gen_ai.system': 'OpenAI', 'llm.request.type': 'completion', 'gen_ai.request.model': 'davinci' },
      'text_completion davinci | ai_provider | success',
    ],
    [
      'an answer that was cut',
      CLIENT,
      { 'gen_ai.system': 'OpenAI', 'gen_ai.request.model': 'm', 'gen_ai.completion.0.finish_reason': 'length' },
      'chat m | ai_provider | partial',
    ],
    [
      'an answer that was filtered',
      INTERNAL,
      { 'ai.operationId': 'ai.streamText', 'ai.model.id': 'm', 'ai.response.finishReason': 'content-filter' },
      'chat m | ai_provider | partial',
    ],
    [
      'an agent',
      INTERNAL,
      { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'clerk' },
      'invoke_agent clerk | agentic_platform | success',
    ],
    [
      'OpenInference',
      INTERNAL,
      { 'openinference.span.kind': 'LLM', 'llm.model_name': 'm', 'input.value': 'secret' },
      'chat m | ai_provider | success',
    ],
    [
      'a message that is sent',
      PRODUCER,
      { 'messaging.system': 'kafka', 'messaging.destination': 'orders', 'messaging.operation': 'publish' },
      'publish orders | other | success',
    ],
    [
      'a message that is worked on',
      CONSUMER,
      {
        'messaging.system': 'rabbitmq',
        'messaging.operation.type': 'process',
        'messaging.destination.name': 'amq.gen-7',
        'messaging.destination.temporary': true,
      },
      'process (temporary) | other | success',
    ],
    [
      'a call',
      SERVER,
      { 'rpc.system': 'grpc', 'rpc.service': 'shop.Orders', 'rpc.method': 'Place' },
      'shop.Orders/Place | other | success',
    ],
    [
      'a call by its whole name',
      CLIENT,
      { 'rpc.system.name': 'grpc', 'rpc.method': 'shop.Orders/Place', 'rpc.response.status_code': 'DEADLINE_EXCEEDED' },
      'shop.Orders/Place | other | timeout',
    ],
    [
      'a program',
      INTERNAL,
      { 'process.executable.name': '/usr/bin/git', 'process.exit.code': 0 },
      'run git | terminal_tool | success',
    ],
    [
      'a program that failed',
      INTERNAL,
      { 'process.executable.name': 'git', 'process.exit.code': 128 },
      'run git | terminal_tool | failed',
    ],
    ['a file', INTERNAL, { 'file.path': '/home/ada/x.txt' }, 'file span | file_operation | success'],
    [
      'a category of its own',
      SERVER,
      { 'http.method': 'GET', 'cloudcurio.feature.category': 'sysmon' },
      'GET | sysmon | success',
    ],
    ['nothing', INTERNAL, { 'code.function.name': 'f' }, undefined],
    ['a method of a span inside the application', INTERNAL, { 'http.route': '/users/:id' }, undefined],
  ])('%s', (_what, kind, attributes, expected) => {
    expect(summary(kind, attributes)).toBe(expected)
    expect(JSON.stringify(recordOf(kind, attributes)) ?? '').not.toMatch(/\bada\b|secret|\?k=1/)
  })

  it('sizes', () => {
    const sizes = (attributes: Record<string, unknown>) => {
      const { inputSize, outputSize } = recordOf(SERVER, {
        'http.request.method': 'POST',
        ...attributes,
      }) as FeatureUsageRecord
      return [inputSize, outputSize]
    }
    expect(sizes({ 'http.request.body.size': 12, 'http.response.body.size': 345 })).toEqual([12, 345])
    expect(sizes({ 'http.request_content_length': 12, 'http.response_content_length_uncompressed': 345 })).toEqual([
      12, 345,
    ])
    expect(
      sizes({ 'http.request.header.content-length': ['12'], 'http.response.header.content-length': ['x'] }),
    ).toEqual([12, 0])
    expect(sizes({ 'http.request.body.size': -1, 'http.response.body.size': Number.NaN })).toEqual([0, 0])
  })

  it('errors and time-outs', () => {
    const error = (type: string) => ({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'http.method': 'GET', 'error.type': type },
    })
    for (const type of ['TimeoutError', 'ETIMEDOUT', 'DEADLINE_EXCEEDED', 'UND_ERR_HEADERS_TIMEOUT'])
      expect(recordOf(SERVER, {}, error(type))).toMatchObject({ status: 'timeout', errorMessage: type })
    expect(recordOf(SERVER, {}, error('RangeError'))).toMatchObject({ status: 'failed', errorMessage: 'RangeError' })
    const thrown = [
      { name: 'exception', attributes: { 'exception.type': 'ETIMEDOUT', 'exception.message': 'too late' } },
    ]
    const status = { code: SpanStatusCode.ERROR }
    expect(recordOf(SERVER, { 'http.method': 'GET' }, { status, events: thrown })).toMatchObject({
      status: 'timeout',
      errorMessage: 'too late',
    })
  })

  it('users as pseudonyms, in errors too', () => {
    const status = { code: SpanStatusCode.ERROR, message: 'no such user: ada' }
    expect(recordOf(SERVER, { 'http.method': 'GET', 'enduser.id': 'ada' }, { status })).toMatchObject({
      userId: '#3',
      errorMessage: 'no such user: #3',
    })
  })

  it('keys that are names of JavaScript as they are', () => {
    const attributes = JSON.parse('{"__proto__":"x","http.method":"GET","ai.operationId":"constructor"}') as Record<
      string,
      unknown
    >
    expect(summary(SERVER, attributes)).toBe('chat | ai_provider | success')
    expect(summary(SERVER, { 'traceloop.span.kind': 'constructor', 'http.method': 'GET' })).toBe(
      'GET | web_interface | success',
    )
    expect(({} as { x?: unknown }).x).toBeUndefined()
  })
})

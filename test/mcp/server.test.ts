import { context, ROOT_CONTEXT, SpanKind, trace, TraceFlags } from '@opentelemetry/api'
import { McpServer, Server } from '@modelcontextprotocol/server'
import { describe, expect, it } from 'vitest'
import { trackServer } from '../../src/mcp/index.js'
import { sizeOf } from '../../src/record/index.js'
import { setIdentity } from '../../src/tracking/index.js'
import { pseudonym } from '../support/collect.js'
import { connected, fill, mcpCollector, NOTHING, trackedServer } from './support.js'

/** Calls everything that a filled server has, and gives what the client got. */
async function callAll(client: Awaited<ReturnType<typeof connected>>): Promise<unknown[]> {
  const settled = await Promise.allSettled([
    client.callTool({ name: 'echo', arguments: { text: 'größe' } }),
    client.callTool({ name: 'throws', arguments: {} }),
    client.callTool({ name: 'refuses', arguments: {} }),
    client.callTool({ name: 'echo', arguments: { text: 7 } }),
    client.callTool({ name: 'no such tool', arguments: {} }),
    client.readResource({ uri: 'memo://motd' }),
    client.readResource({ uri: 'memo://notes/17' }),
    client.readResource({ uri: 'memo://elsewhere' }),
    client.getPrompt({ name: 'greet' }),
    client.getPrompt({ name: 'no such prompt' }),
    client.listTools(),
    client.ping(),
  ])
  return settled.map((outcome) =>
    outcome.status === 'fulfilled' ? outcome.value : [Object.entries(outcome.reason as object), String(outcome.reason)],
  )
}

describe('a server of the SDK, version 2', () => {
  it('answers as without tracking, and each call is a record', async () => {
    const plain = await callAll(await connected(fill(new McpServer({ name: 'memo', version: '1.0.0' }))))
    const { client, records, events } = await trackedServer()
    expect(await callAll(client)).toEqual(plain)
    expect(
      records()
        .map(({ featureName, status }) => `${featureName}: ${status}`)
        .toSorted(),
    ).toEqual([
      'prompts/get greet: success',
      'prompts/get: failed',
      'resources/read motd: success',
      'resources/read note: success',
      'resources/read: failed',
      'tools/call echo: failed',
      'tools/call echo: success',
      'tools/call refuses: failed',
      'tools/call throws: failed',
      'tools/call: failed',
    ])
    expect(new Set(records().map(({ category }) => category))).toEqual(new Set(['mcp_server']))
    expect(events.size).toBe(0)
  })

  it('has sizes, client, protocol, error and attributes of the conventions, and no arguments', async () => {
    const { client, records, spans } = await trackedServer()
    await client.callTool({ name: 'echo', arguments: { text: 'secret text' } })
    await client.callTool({ name: 'refuses', arguments: {} })
    await expect(client.getPrompt({ name: 'other' })).rejects.toThrow('not found')
    const [echo, refuses, prompt] = records()
    expect(echo).toMatchObject({ inputSize: sizeOf({ text: 'secret text' }), errorMessage: null })
    expect(echo?.outputSize).toBeGreaterThan(sizeOf('secret text'))
    expect(echo?.metadata).toEqual({
      mcp_client_name: 'tester',
      mcp_client_version: '9.1',
      mcp_protocol_version: expect.stringMatching(/^20\d\d-\d\d-\d\d$/),
    })
    expect(refuses).toMatchObject({ status: 'failed', errorMessage: 'no such note' })
    expect(prompt).toMatchObject({ featureName: 'prompts/get', status: 'failed' })
    expect(spans.map(({ name, kind }) => [name, kind])).toEqual([
      ['tools/call echo', SpanKind.SERVER],
      ['tools/call refuses', SpanKind.SERVER],
      ['prompts/get', SpanKind.SERVER],
    ])
    expect(spans[0]?.attributes).toMatchObject({
      'mcp.method.name': 'tools/call',
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'echo',
      'mcp.protocol.version': echo?.metadata['mcp_protocol_version'],
      'jsonrpc.request.id': expect.stringMatching(/^\d+$/),
    })
    expect(spans[1]?.attributes['error.type']).toBe('tool_error')
    expect(spans[2]?.attributes).toMatchObject({ 'error.type': '-32602', 'rpc.response.status_code': '-32602' })
    expect(JSON.stringify(spans.map(({ attributes, events }) => [attributes, events]))).not.toContain('secret')
  })

  it("continues the client's trace, and links the trace of the transport", async () => {
    const { client, spans } = await trackedServer()
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const ambient = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: TraceFlags.SAMPLED }
    await context.with(trace.setSpanContext(ROOT_CONTEXT, ambient), async () => {
      await client.callTool({ name: 'echo', arguments: { text: 'a' }, _meta: { traceparent, tracestate: 'a=b' } })
      await client.callTool({ name: 'echo', arguments: { text: 'a' }, _meta: { traceparent: 'garbage' } })
    })
    await client.callTool({ name: 'echo', arguments: { text: 'a' } })
    const [continued, garbage, alone] = spans
    expect(continued?.spanContext().traceId).toBe('4bf92f3577b34da6a3ce929d0e0e4736')
    expect(continued?.parentSpanContext).toMatchObject({ spanId: '00f067aa0ba902b7', isRemote: true })
    expect(continued?.links.map((link) => link.context)).toEqual([ambient])
    expect(garbage?.parentSpanContext).toEqual(ambient)
    expect(garbage?.links).toEqual([])
    expect(alone?.parentSpanContext).toBeUndefined()
  })

  it('is the parent of what its handlers track', async () => {
    const { client, server, tracking, records, spans } = await trackedServer()
    const inner = tracking.trackFeature('inner')(async () => 'x')
    server.registerTool('outer', { inputSchema: NOTHING }, async () => ({
      content: [{ type: 'text', text: await inner() }],
    }))
    await client.callTool({ name: 'outer', arguments: {} })
    expect(records().map(({ featureName }) => featureName)).toEqual(['inner', 'tools/call outer'])
    expect(spans[0]?.parentSpanContext?.spanId).toBe(spans[1]?.spanContext().spanId)
  })

  it('knows its users: by the option, else by the context around the transport', async () => {
    const { client, records } = await trackedServer({
      userId: ({ params }) =>
        (params['arguments'] as { text?: string } | undefined)?.text === 'own' ? 'grace' : undefined,
      metadata: ({ method }) => ({ asked: method }),
    })
    await context.with(setIdentity(ROOT_CONTEXT, { sessionId: 's9' }), async () => {
      await client.callTool({ name: 'echo', arguments: { text: 'own' } })
    })
    expect(records()[0]).toMatchObject({
      userId: pseudonym('grace'),
      sessionId: 's9',
      metadata: { asked: 'tools/call', mcp_client_name: 'tester' },
    })
  })

  it('takes what is registered, renamed and removed after the start, and tells clients of it as before', async () => {
    const { client, server, records } = await trackedServer()
    let changes = 0
    client.setNotificationHandler('notifications/tools/list_changed', () => void changes++)
    const late = server.registerTool('late', { inputSchema: NOTHING }, () => ({ content: [] }))
    await client.callTool({ name: 'late', arguments: {} })
    late.update({ name: 'later' })
    await client.callTool({ name: 'later', arguments: {} })
    late.remove()
    await client.callTool({ name: 'later', arguments: {} }).catch(() => {})
    await expect.poll(() => changes).toBeGreaterThan(1)
    expect(records().map(({ featureName, status }) => [featureName, status])).toEqual([
      ['tools/call late', 'success'],
      ['tools/call later', 'success'],
      ['tools/call', 'failed'],
    ])
  })

  it('counts a call that the client cancelled as partial', async () => {
    const { client, server, records } = await trackedServer()
    let cancelled = false
    server.registerTool('slow', { inputSchema: NOTHING }, async (_args, { mcpReq }) => {
      await new Promise<void>((resolve) => mcpReq.signal.addEventListener('abort', () => resolve()))
      cancelled = true
      return { content: [] }
    })
    const controller = new AbortController()
    const call = client.callTool({ name: 'slow', arguments: {} }, { signal: controller.signal })
    setTimeout(() => controller.abort('enough'), 5)
    await expect(call).rejects.toThrow()
    await expect.poll(() => records()).toHaveLength(1)
    expect(cancelled).toBe(true)
    expect(records()[0]).toMatchObject({ status: 'partial', errorMessage: 'cancelled by the client' })
  })

  it('may be tracked after everything was registered and connected; twice is once; and it ends', async () => {
    const server = fill(new McpServer({ name: 'memo', version: '1.0.0' }))
    const client = await connected(server)
    const { tracker, spans } = mcpCollector()
    const end = trackServer(server, {}, tracker)
    expect(trackServer(server, {}, tracker)).toBe(end)
    expect(trackServer(server.server, {}, tracker)).toBe(end)
    await client.getPrompt({ name: 'greet' })
    expect(spans).toHaveLength(1)
    end()
    await client.getPrompt({ name: 'greet' })
    expect(spans).toHaveLength(1)
    trackServer(server, {}, tracker)
    await client.getPrompt({ name: 'greet' })
    expect(spans).toHaveLength(2)
  })

  it('may be a low-level one: its handlers, and the one that answers everything else', async () => {
    const { tracker, records } = mcpCollector()
    const server = new Server(
      { name: 'low', version: '1' },
      { capabilities: { tools: {}, resources: {}, prompts: {} } },
    )
    server.setRequestHandler('tools/call', ({ params }) => ({ content: [{ type: 'text', text: params.name }] }))
    trackServer(server, {}, tracker)
    server.setRequestHandler('resources/read', ({ params }) => ({ contents: [{ uri: params.uri, text: '' }] }))
    server.fallbackRequestHandler = async () => ({ messages: [] })
    const client = await connected(server)
    await client.callTool({ name: 'anything', arguments: {} })
    await client.readResource({ uri: 'memo://x' })
    await client.getPrompt({ name: 'any' })
    expect(records().map(({ featureName }) => featureName)).toEqual([
      'tools/call anything',
      'resources/read',
      'prompts/get any',
    ])
  })

  it('counts what fails in the tracking itself, and answers all the same', async () => {
    const { client, records, events } = await trackedServer({
      userId: () => {
        throw new Error('no user')
      },
    })
    expect(await client.callTool({ name: 'echo', arguments: { text: 'a' } })).toMatchObject({
      content: [{ text: 'a' }],
    })
    expect(records()[0]).toMatchObject({ status: 'success', userId: null })
    expect(events.get('callback_failed')).toEqual(['userId of feature tools/call echo threw: no user'])
  })

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['server', 'string'],
    [{}, 'another object'],
    [{ server: {} }, 'another object'],
    [new Proxy({}, {}), 'another object'],
  ])('cannot be %s', (server, what) => {
    expect(() => trackServer(server, {}, mcpCollector().tracker)).toThrow(
      `trackMcpServer was given ${what}: give an McpServer or Server of @modelcontextprotocol/server (2.x)`,
    )
  })
})

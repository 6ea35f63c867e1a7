import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import * as sdk from '@modelcontextprotocol/server'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FeatureTracker, withUser } from '../../src/index.js'
import { trackModule } from '../../src/mcp/index.js'
import { ROOT } from '../support/child.js'
import { pseudonym } from '../support/collect.js'
import { tempDatabase } from '../support/temp.js'
import { connected, fill, mcpCollector } from './support.js'

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

describe('the module of the SDK', () => {
  it('tracks every server that it makes from then on, until it is put back', async () => {
    const { tracker, records } = mcpCollector()
    const connect = Object.getOwnPropertyDescriptors(sdk.McpServer.prototype).connect
    const end = trackModule(sdk, {}, tracker)
    onTestFinished(end)
    const high = await connected(fill(new sdk.McpServer({ name: 'memo', version: '1' })))
    await high.callTool({ name: 'echo', arguments: { text: 'a' } })
    const low = new sdk.Server({ name: 'low', version: '1' }, { capabilities: { prompts: {} } })
    low.setRequestHandler('prompts/get', () => ({ messages: [] }))
    await (await connected(low)).getPrompt({ name: 'any' })
    expect(records().map(({ featureName }) => featureName)).toEqual(['tools/call echo', 'prompts/get any'])
    end()
    expect(Object.getOwnPropertyDescriptors(sdk.McpServer.prototype).connect).toEqual(connect)
    const after = await connected(fill(new sdk.McpServer({ name: 'memo', version: '1' })))
    await after.callTool({ name: 'echo', arguments: { text: 'a' } })
    expect(records()).toHaveLength(2)
  })

  it('is changed once, however often it is asked for, and looks the same', () => {
    const { tracker } = mcpCollector()
    const ends = [trackModule(sdk, {}, tracker), trackModule(sdk, {}, tracker)]
    const { connect } = Object.getOwnPropertyDescriptors(sdk.McpServer.prototype)
    expect([connect.value?.name, connect.value?.length]).toEqual(['connect', 1])
    expect(connect.enumerable).toBe(false)
    for (const end of ends) end()
    expect(Object.hasOwn(sdk.Server.prototype, 'connect')).toBe(true)
  })

  it.each([undefined, null, 7, {}, { McpServer: 1 }, { Server: Date }, { Server: () => {} }])(
    '%j is none, and nothing happens',
    (exports) => {
      trackModule(exports, {}, mcpCollector().tracker)()
    },
  )

  it('counts a server that is of another kind, which connects all the same', async () => {
    const { tracker, events } = mcpCollector()
    class Server {
      connect(): string {
        return 'connected'
      }
    }
    trackModule({ Server }, {}, tracker)
    expect(new Server().connect()).toBe('connected')
    expect(events.get('tracking_failed')?.[0]).toMatch(
      /^an MCP server is not tracked: trackMcpServer was given another/,
    )
  })
})

describe('servers behind HTTP', () => {
  it.each([
    ['with a handshake', {}],
    ['without', { versionNegotiation: { mode: 'auto' as const } }],
  ])('are tracked, %s: one is made for each request', async (_name, options) => {
    const { tracker, records, spans } = mcpCollector()
    onTestFinished(trackModule(sdk, {}, tracker))
    const handler = sdk.createMcpHandler(() => fill(new sdk.McpServer({ name: 'memo', version: '1' })))
    const client = new Client({ name: 'tester', version: '9.1' }, options)
    const transport = new StreamableHTTPClientTransport(new URL('http://127.0.0.1/mcp'), {
      fetch: (url, init) => withUser('ada', () => handler.fetch(new Request(url, init))),
    })
    await client.connect(transport)
    await client.callTool({ name: 'echo', arguments: { text: 'a' }, _meta: { traceparent: TRACEPARENT } })
    await client.close()
    expect(records()).toMatchObject([{ featureName: 'tools/call echo', status: 'success', userId: pseudonym('ada') }])
    expect(spans[0]?.spanContext().traceId).toBe(TRACEPARENT.slice(3, 35))
    expect(spans[0]?.attributes).toMatchObject({ 'network.transport': 'tcp', 'network.protocol.name': 'http' })
  })
})

describe('a server in a process of its own', () => {
  it('is tracked over standard input and output, which it leaves clean', async () => {
    const dbPath = tempDatabase()
    const client = new Client({ name: 'tester', version: '9.1' })
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: ['--input-type=module', '--eval', PROGRAM],
      cwd: ROOT,
      env: { ...(process.env as Record<string, string>), FEATURE_TRACKING_DB_PATH: dbPath },
      stderr: 'pipe',
    })
    let said = ''
    transport.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
    await client.connect(transport)
    const result = await client.callTool({ name: 'where', arguments: {}, _meta: { traceparent: TRACEPARENT } })
    await client.close()
    expect(result.content).toEqual([{ type: 'text', text: TRACEPARENT.slice(3, 35) }])
    const tracker = new FeatureTracker({ dbPath })
    onTestFinished(() => tracker.shutdown())
    const records = await tracker.getAllRecords()
    expect(records.map(({ featureName, status }) => [featureName, status])).toEqual([['tools/call where', 'success']])
    expect(said).toBe('')
  })
})

/** The first call of the process continues the client's trace already. */
const PROGRAM = `
  import { trace } from '@opentelemetry/api'
  import { fromJsonSchema, McpServer } from '@modelcontextprotocol/server'
  import { StdioServerTransport } from '@modelcontextprotocol/server/stdio'
  import { trackMcpServer } from '@cloudcurio/feature-tracking'
  const server = new McpServer({ name: 'memo', version: '1' })
  trackMcpServer(server)
  server.registerTool('where', { inputSchema: fromJsonSchema({ type: 'object' }) }, () => ({
    content: [{ type: 'text', text: trace.getActiveSpan().spanContext().traceId }],
  }))
  await server.connect(new StdioServerTransport())
`

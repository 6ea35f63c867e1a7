import { Client } from '@modelcontextprotocol/client'
import {
  fromJsonSchema,
  InMemoryTransport,
  McpServer,
  ResourceTemplate,
  type Server,
} from '@modelcontextprotocol/server'
import { onTestFinished } from 'vitest'
import { type McpTracker, trackServer } from '../../src/mcp/index.js'
import { collect, type Collector } from '../support/collect.js'

/** A tracker for servers whose spans stay in memory. */
export function mcpCollector(host: Parameters<typeof collect>[0] = {}): Collector & { tracker: McpTracker } {
  const collector = collect(host)
  const tracker: McpTracker = {
    isEnabled: () => true,
    prepare() {},
    withFeature: (options, work) => collector.tracking.withFeature(options, work),
    failed: (detail) => {
      collector.events.set('tracking_failed', [...(collector.events.get('tracking_failed') ?? []), detail()])
    },
  }
  return { ...collector, tracker }
}

export const NOTHING = fromJsonSchema<Record<string, never>>({ type: 'object' })
const TEXT = fromJsonSchema<{ text: string }>({
  type: 'object',
  properties: { text: { type: 'string' } },
  required: ['text'],
})

/** Registers a tool, a failing one, one that reports failure, a resource, a template and a prompt. */
export function fill(server: McpServer): McpServer {
  server.registerTool('echo', { inputSchema: TEXT }, ({ text }) => ({ content: [{ type: 'text', text }] }))
  server.registerTool('throws', { inputSchema: NOTHING }, () => {
    throw new Error('the station does not answer')
  })
  server.registerTool('refuses', { inputSchema: NOTHING }, () => ({
    isError: true,
    content: [{ type: 'text', text: 'no such note' }],
  }))
  server.registerResource('motd', 'memo://motd', {}, (uri) => ({ contents: [{ uri: uri.href, text: 'hello' }] }))
  server.registerResource('note', new ResourceTemplate('memo://notes/{id}', { list: undefined }), {}, (uri) => ({
    contents: [{ uri: uri.href, text: 'a note' }],
  }))
  server.registerPrompt('greet', {}, () => ({
    messages: [{ role: 'user', content: { type: 'text', text: 'Hello' } }],
  }))
  return server
}

/** A client of a server, over a transport in memory. */
export async function connected(server: McpServer | Server): Promise<Client> {
  const client = new Client({ name: 'tester', version: '9.1' })
  const [clientSide, serverSide] = InMemoryTransport.createLinkedPair()
  await server.connect(serverSide)
  await client.connect(clientSide)
  onTestFinished(async () => {
    await client.close()
    await server.close()
  })
  return client
}

/** A filled server that is tracked, its client and what was recorded. */
export async function trackedServer(
  options: Parameters<typeof trackServer>[1] = {},
): Promise<Collector & { client: Client; server: McpServer; end: () => void }> {
  const collector = mcpCollector()
  const server = new McpServer({ name: 'memo', version: '1.0.0' })
  const end = trackServer(server, options, collector.tracker)
  return { ...collector, client: await connected(fill(server)), server, end }
}

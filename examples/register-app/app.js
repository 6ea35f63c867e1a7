// A shop's API: Express, SQLite, an MCP server and Vercel's AI SDK. Nothing in it knows of feature tracking.
import { Client } from '@modelcontextprotocol/client'
import { InMemoryTransport, McpServer } from '@modelcontextprotocol/server'
import { generateText } from 'ai'
import { MockLanguageModelV4 } from 'ai/test'
import Database from 'better-sqlite3'
import express from 'express'
import { z } from 'zod'

const database = new Database(':memory:')
database.exec("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO users VALUES (1, 'Ada')")
const userById = (id) => database.prepare('SELECT * FROM users WHERE id = ?').get(id)

const model = new MockLanguageModelV4({
  provider: 'mock',
  modelId: 'mock-1',
  doGenerate: async () => ({
    content: [{ type: 'text', text: 'Lemons, of course.' }],
    finishReason: { unified: 'stop', raw: 'stop' },
    usage: { inputTokens: { total: 9, noCache: 9 }, outputTokens: { total: 4, text: 4 } },
    warnings: [],
  }),
})

const tools = new McpServer({ name: 'shop', version: '1.0.0' })
tools.registerTool('find_user', { inputSchema: z.object({ id: z.number() }) }, async ({ id }) => ({
  content: [{ type: 'text', text: JSON.stringify(userById(id) ?? null) }],
}))
const [toServer, toClient] = InMemoryTransport.createLinkedPair()
await tools.connect(toServer)
const client = new Client({ name: 'shop', version: '1.0.0' })
await client.connect(toClient)

const app = express()
app.get('/users/:id', (request, response) => {
  const user = userById(Number(request.params.id))
  if (user === undefined) throw new Error('no such user')
  response.json(user)
})
app.get('/advice', async (_request, response) => {
  response.json((await generateText({ model, prompt: 'What shall I buy?' })).text)
})
app.get('/tools/:name', async (request, response) => {
  const { name } = request.params
  response.json((await client.callTool({ name, arguments: { id: 1 } })).content)
})
app.use((_error, _request, response, _next) => {
  response.status(500).json('error')
})
const server = app.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}`)
})

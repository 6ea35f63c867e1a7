// @ts-check
// The tools of an MCP server, each call recorded. A tool may fail by throwing or by a result that says `isError`;
// `classify` makes the second count as well.
//   npm run build && node examples/mcp-server.js
import { startedAt } from './shared/example-database.js' // first: it says where the records go
import { FeatureCategory, FeatureStatus, featureTracker, trackFeature } from '@cloudcurio/feature-tracking'
import { Client } from '@modelcontextprotocol/client'
import { fromJsonSchema, InMemoryTransport, McpServer } from '@modelcontextprotocol/server'
import { printRecords } from './shared/print-records.js'

/** @typedef {import('@modelcontextprotocol/server').CallToolResult} CallToolResult */

/**
 * Tracks a tool's handler. The SDK gives it the tool's arguments and a context: only the arguments are measured.
 *
 * @param {string} name
 */
const trackTool = (name) =>
  trackFeature(`mcp_${name}`, FeatureCategory.MCP_SERVER, {
    input: (/** @type {unknown} */ args) => args,
    output: (/** @type {CallToolResult} */ result) => result.content,
    classify: (/** @type {CallToolResult} */ result) =>
      result.isError === true ? { status: FeatureStatus.FAILED, errorMessage: textOf(result) } : FeatureStatus.SUCCESS,
  })

const notes = new Map([['shopping', 'bread, two lemons, something green']])

const server = new McpServer({ name: 'notes', version: '1.0.0' })

server.registerTool(
  'read_note',
  { description: 'Reads a note', inputSchema: objectOf('name') },
  trackTool('read_note')(async (/** @type {{ name: string }} */ { name }) => {
    const note = notes.get(name)
    return note === undefined ? { ...text(`there is no note ${name}`), isError: true } : text(note)
  }),
)

server.registerTool(
  'count_words',
  { description: 'Counts the words of a text', inputSchema: objectOf('text') },
  trackTool('count_words')((/** @type {{ text: string }} */ { text: counted }) =>
    text(String(counted.split(/\s+/).length)),
  ),
)

server.registerTool(
  'fetch_weather',
  { description: 'Asks a weather station that is out of order', inputSchema: objectOf('city') },
  trackTool('fetch_weather')(async (/** @type {{ city: string }} */ { city }) => {
    throw new Error(`the station of ${city} does not answer`) // the SDK turns it into a result with isError
  }),
)

const client = new Client({ name: 'example', version: '1.0.0' })
const [clientSide, serverSide] = InMemoryTransport.createLinkedPair() // over stdio or HTTP nothing else changes
await server.connect(serverSide)
await client.connect(clientSide)

await call('read_note', { name: 'shopping' })
await call('read_note', { name: 'diary' })
await call('count_words', { text: 'which features are used, and how well?' })
await call('fetch_weather', { city: 'Bergen' })
await client.close()
await server.close()

console.log()
printRecords(await featureTracker.getAllRecords({ since: startedAt }))
await featureTracker.shutdown()

/** @param {string} name @param {Record<string, string>} args */
async function call(name, args) {
  const result = await client.callTool({ name, arguments: args })
  console.log(`${name} ${JSON.stringify(args)} -> ${result.isError === true ? 'error: ' : ''}${textOf(result)}`)
}

/** @param {string} words @returns {CallToolResult} */
function text(words) {
  return { content: [{ type: 'text', text: words }] }
}

/** @param {CallToolResult} result */
function textOf({ content: [first] }) {
  return first?.type === 'text' ? first.text : ''
}

/**
 * The schema of an object with one text. (The SDK takes zod schemas as well.)
 *
 * @template {string} Key
 * @param {Key} key
 */
function objectOf(key) {
  return /** @type {typeof fromJsonSchema<Record<Key, string>>} */ (fromJsonSchema)({
    type: 'object',
    properties: { [key]: { type: 'string' } },
    required: [key],
  })
}

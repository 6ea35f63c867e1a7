// @ts-check
// Calls of an AI provider: streamed text as an async generator, and one plain request.
//   npm run build && node examples/ai-provider.js
import { startedAt } from './shared/example-database.js' // first: it says where the records go
import { activeFeature, FeatureCategory, featureTracker, trackFeature, withFeature } from '@cloudcurio/feature-tracking'
import { startFakeProvider } from './shared/fake-ai-provider.js'
import { printRecords } from './shared/print-records.js'

/** @typedef {{ userId: string, model?: string, signal?: AbortSignal }} CallOptions */

const provider = await startFakeProvider()

// A call of a generator lasts until it is used up, left or fails. The items that it gave are the record's rounds, and
// their bytes its output size.
const generate = trackFeature('ai_generation', FeatureCategory.AI_PROVIDER, {
  userId: (/** @type {string} */ _prompt, /** @type {CallOptions} */ { userId }) => userId,
  input: (/** @type {string} */ prompt) => prompt, // measured, not kept
})(async function* (/** @type {string} */ prompt, /** @type {CallOptions} */ { model = 'fast-model', signal }) {
  const feature = activeFeature()
  feature?.setMetadata({ model })
  let outputTokens = 0
  try {
    const response = await post('/generate', { model, prompt }, signal)
    for await (const event of serverSentEvents(response)) {
      if (event.usage !== undefined) feature?.setMetadata(event.usage)
      if (event.token === undefined) continue
      outputTokens++
      yield event.token
    }
  } finally {
    feature?.setMetadata({ outputTokens }) // also when the reader left, or the provider failed
  }
})

/** @param {string} text @param {string} userId */
function embed(text, userId) {
  return withFeature(
    { featureName: 'ai_embedding', category: FeatureCategory.AI_PROVIDER, userId },
    async (feature) => {
      const response = await post('/embed', { model: 'embedding-model', prompt: text })
      const { vector, inputTokens } = /** @type {{ vector: number[], inputTokens: number }} */ (await response.json())
      feature.setSizes({ input: Buffer.byteLength(text), output: vector.length * Float64Array.BYTES_PER_ELEMENT })
      feature.setMetadata({ model: 'embedding-model', inputTokens })
      return vector
    },
  )
}

/** @param {string} path @param {unknown} body @param {AbortSignal} [signal] */
async function post(path, body, signal) {
  const response = await fetch(provider.url + path, {
    method: 'POST',
    body: JSON.stringify(body),
    signal: signal ?? null,
  })
  if (!response.ok) throw new Error(`the provider answered ${response.status}`)
  return response
}

/**
 * @param {Response} response
 * @returns {AsyncGenerator<{ token?: string, usage?: { inputTokens: number } }>}
 */
async function* serverSentEvents(response) {
  let waiting = ''
  for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const events = (waiting + text).split('\n\n')
    waiting = events.pop() ?? ''
    for (const event of events) yield JSON.parse(event.slice('data: '.length))
  }
}

/** @param {AsyncIterable<string>} tokens @param {number} [limit] */
async function show(tokens, limit = Infinity) {
  let shown = 0
  for await (const token of tokens) {
    process.stdout.write(token)
    if (++shown >= limit) break // leaves the generator: the record says `partial`
  }
  process.stdout.write('\n')
}

await show(generate('What is a span?', { userId: 'ada@example.com' }))
await show(generate('And what is a trace?', { userId: 'ada@example.com' }), 5)
await embed('feature tracking for applications that stay local', 'grace@example.com')

// A time-out of the application's own: fetch throws a TimeoutError, and the record says `timeout`.
const impatient = generate('Take your time.', {
  userId: 'grace@example.com',
  model: 'slow-model',
  signal: AbortSignal.timeout(300),
})
await show(impatient).catch((/** @type {Error} */ error) => console.log(`\n(${error.name}: ${error.message})`))
// A failure of the provider: the record says `failed`.
const misspelt = generate('Hello?', { userId: 'grace@example.com', model: 'no-such-model' })
await show(misspelt).catch((/** @type {Error} */ error) => console.log(`(${error.message})`))

console.log()
printRecords(await featureTracker.getAllRecords({ since: startedAt }))
await featureTracker.shutdown()
provider.stop()

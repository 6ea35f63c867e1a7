// @ts-check
// An application that has OpenTelemetry already: its SDK, its sampler, its exporter. It adds one import and one line.
//   npm run build && node examples/existing-opentelemetry.js
import { startedAt } from './shared/example-database.js' // first: it says where the records go
import { trace } from '@opentelemetry/api'
import { NodeSDK, tracing } from '@opentelemetry/sdk-node'
import { FeatureCategory, featureTracker, trackFeature } from '@cloudcurio/feature-tracking'
import { featureSampler, FeatureSpanProcessor } from '@cloudcurio/feature-tracking/pipeline' // <- the import
import { printRecords } from './shared/print-records.js'

const itsOwnExporter = new tracing.InMemorySpanExporter()
const itsOwnProcessor = new tracing.BatchSpanProcessor(itsOwnExporter)
const itsOwnSampler = new tracing.ParentBasedSampler({ root: new tracing.AlwaysOnSampler() })

const sdk = new NodeSDK({
  serviceName: 'shop',
  spanProcessors: [
    itsOwnProcessor,
    new FeatureSpanProcessor(), // <- the line
  ],
  // Only for an application that samples: calls that it would drop are recorded all the same, and still not exported.
  sampler: featureSampler(itsOwnSampler),
})
sdk.start()

const tracer = trace.getTracer('shop')

const priceOf = trackFeature(
  'price_lookup',
  FeatureCategory.DATABASE_OPERATION,
)(async (/** @type {string} */ article) => {
  if (article === 'unicorn') throw new Error('no such article')
  return tracer.startActiveSpan('SELECT price', async (span) => {
    span.end()
    return article.length * 1.5
  })
})

/** @param {string} article */
function handleRequest(article) {
  return tracer.startActiveSpan('GET /price', async (span) => {
    try {
      return await priceOf(article)
    } finally {
      span.end()
    }
  })
}

console.log('a teapot costs', await handleRequest('teapot'))
await handleRequest('unicorn').catch((/** @type {Error} */ error) => console.log('a unicorn:', error.message))

const records = await featureTracker.getAllRecords({ since: startedAt }) // flushes first
await itsOwnProcessor.forceFlush()
console.log('\nWhat its own exporter got, as before, with the feature spans in their places:')
printTree(itsOwnExporter.getFinishedSpans())
console.log('\nWhat was stored besides:')
printRecords(records)

await featureTracker.shutdown()
await sdk.shutdown()

/**
 * @param {readonly tracing.ReadableSpan[]} spans
 * @param {string} [parentId]
 */
function printTree(spans, parentId, indent = '  ') {
  for (const span of spans) {
    if (span.parentSpanContext?.spanId !== parentId) continue
    console.log(indent + span.name)
    printTree(spans, span.spanContext().spanId, `${indent}  `)
  }
}

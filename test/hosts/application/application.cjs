'use strict'
// What every host runs: an application that tracks features and makes spans of its own. It is given what it uses, so that
// it is the same whichever way its packages were loaded.

/** Stands for the library in a run without it. */
const WITHOUT_US = {
  trackFeature: () => (fn) => fn,
  withFeature: (_options, work) =>
    work({ setSizes() {}, addIteration() {}, setMetadata() {}, setStatus() {}, setEfficiency() {} }),
  startCustomTracking: () => '',
  completeCustomTracking() {},
}

/** R24: names that must not reach a prototype. */
const HOSTILE = JSON.parse('{"__proto__": 1, "constructor.prototype.x": 2, "constructor": 3}')

/**
 * @param {object} api the OpenTelemetry API
 * @param {object} tracking the library, or WITHOUT_US
 * @returns the names of the active spans that the code inside saw
 */
async function runApplication(api, tracking) {
  const { context, trace, createContextKey, ROOT_CONTEXT } = api
  const tracer = trace.getTracer('application', '1.0.0')
  const span = (name, work) =>
    tracer.startActiveSpan(name, (active) => {
      active.setAttribute('step', name)
      try {
        return work()
      } finally {
        active.end()
      }
    })

  const add = tracking.trackFeature('add', 'other')((a, b) => a + b)
  const query = tracking.trackFeature({ featureName: 'query', category: 'database_operation', userId: 'ada' })(
    async (text) => span('SELECT', () => text.toUpperCase()),
  )
  const fails = tracking.trackFeature(
    'fails',
    'file_operation',
  )(() => {
    throw new RangeError('for ada: no such file')
  })
  const late = tracking.trackFeature('late')(async () => {
    throw Object.assign(new Error('took too long'), { code: 'ETIMEDOUT' })
  })
  const items = tracking.trackFeature('items')(function* () {
    yield 'one'
    yield 'two'
  })
  const block = () =>
    tracking.withFeature({ featureName: 'block', category: 'sysmon', metadata: HOSTILE }, (feature) => {
      feature.setSizes({ input: 10, output: 20 })
      feature.addIteration(3)
      feature.setMetadata({ model: 'small', nested: { a: [1, null] } })
      feature.setEfficiency(0.25)
      return add(1, 2)
    })
  const custom = () => {
    const id = tracking.startCustomTracking({ featureName: 'custom', category: 'config_editor', metadata: { job: 7 } })
    tracking.completeCustomTracking(id, { status: 'partial', inputSize: 1, outputSize: 2, errorMessage: 'half' })
  }

  add(3, 4)
  await span('GET /', async () => {
    await query('select 1')
    block()
  })
  await query('select 2')
  try {
    fails()
  } catch {}
  await late().catch(() => {})
  for (const _item of items()) break
  for (const _item of items());
  custom()
  tracking.trackFeature('__proto__')(() => 1)()
  const remote = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 0, isRemote: true }
  context.with(trace.setSpanContext(ROOT_CONTEXT, remote), () =>
    tracking.trackFeature('below an unsampled caller')(() => span('unsampled', () => 1))(),
  )
  const suppressed = ROOT_CONTEXT.setValue(createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING'), true)
  context.with(suppressed, () => tracking.trackFeature('suppressed')(() => span('hidden', () => 1))())
  if ({}.x !== undefined || Object.prototype.x !== undefined) throw new Error('a prototype was changed')
}

/** A row without what differs from run to run. */
function comparableRow({ recordId, startTime, endTime, duration, sessionId, ...row }) {
  if (!(duration >= 0 && startTime <= endTime && recordId.length === 36 && sessionId !== '')) throw new Error('no row')
  const userId = /^[0-9a-f]{64}$/.test(row.userId) ? 'a pseudonym' : row.userId
  return { ...row, userId, metadata: JSON.stringify(row.metadata) }
}

const SCOPE = '@cloudcurio/feature-tracking'

/** What the application's exporter got, without times and ids; features of ours are left out, and told apart. */
function comparableSpans(spans) {
  const byId = new Map(spans.map((span) => [span.spanContext().spanId, span]))
  const isOurs = (span) => span.instrumentationScope.name === SCOPE
  const parentOf = (span) => {
    for (let id = span.parentSpanContext?.spanId; id !== undefined;) {
      const parent = byId.get(id)
      if (parent === undefined) return 'missing'
      if (!isOurs(parent)) return parent.name
      id = parent.parentSpanContext?.spanId
    }
    return null
  }
  const theirs = spans
    .filter((span) => !isOurs(span))
    .map((span) => ({
      name: span.name,
      kind: span.kind,
      parent: parentOf(span),
      status: span.status,
      attributes: span.attributes,
      events: span.events.length,
      links: span.links.length,
      flags: span.spanContext().traceFlags,
      scope: span.instrumentationScope.name,
    }))
  const features = spans
    .filter(isOurs)
    .map(({ name, attributes }) => [name, attributes['cloudcurio.feature.record_id']])
  return { theirs, features }
}

/**
 * The hosts of the matrix: each starts what it is, and gives what the application's exporter got and how it ends.
 * @type {Record<string, (sdk: any, pipeline: any) => { exported: () => Promise<any[]>, stop: () => Promise<void> }>}
 */
const HOSTS = {
  none: () => ({ exported: async () => [], stop: async () => {} }),
  cooperating: (sdk, pipeline) => nodeSdk(sdk, {}, [new pipeline.FeatureSpanProcessor()]),
  'cooperating-0': (sdk, pipeline) =>
    nodeSdk(sdk, { sampler: pipeline.featureSampler(ratio(sdk, 0)) }, [new pipeline.FeatureSpanProcessor()]),
  'guest-1': (sdk) => nodeSdk(sdk, { sampler: ratio(sdk, 1) }, []),
  'guest-0': (sdk) => nodeSdk(sdk, { sampler: ratio(sdk, 0) }, []),
}

function ratio({ tracing }, share) {
  return new tracing.ParentBasedSampler({ root: new tracing.TraceIdRatioBasedSampler(share) })
}

function nodeSdk({ NodeSDK, tracing }, options, more) {
  const exporter = new tracing.InMemorySpanExporter()
  // SDK 2.x is given the exporter, 3.x options that hold it.
  const processor = new tracing.SimpleSpanProcessor(Object.assign(exporter, { exporter }))
  const sdk = new NodeSDK({ ...options, spanProcessors: [processor, ...more] })
  sdk.start()
  const exported = async () => {
    await processor.forceFlush()
    return exporter.getFinishedSpans()
  }
  return { exported, stop: () => sdk.shutdown() }
}

/**
 * Runs the application in a host, and prints what came of it as JSON.
 * @param {{ api: any, sdk: any, tracking: any, pipeline: any }} packages
 */
async function main(packages) {
  const [kind, mode] = process.argv.slice(2)
  const isTracked = mode === 'tracked'
  const host = HOSTS[kind](packages.sdk, packages.pipeline)
  await runApplication(packages.api, isTracked ? packages.tracking : WITHOUT_US)
  const spans = comparableSpans(await host.exported())
  const { featureTracker } = packages.tracking
  const rows = isTracked ? await featureTracker.getAllRecords({ limit: 1000 }) : []
  const ids = rows.map(({ featureName, recordId }) => [featureName, recordId])
  const health = featureTracker.health().events
  await featureTracker.shutdown()
  await host.stop()
  const sorted = rows.map((row) => JSON.stringify(comparableRow(row))).toSorted()
  console.log(JSON.stringify({ rows: sorted, ids, health, ...spans }))
}

module.exports = { main }

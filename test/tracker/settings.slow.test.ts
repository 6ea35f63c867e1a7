import { describe, expect, it } from 'vitest'
import { nodeJson } from '../support/child.js'
import { tempDatabase } from '../support/temp.js'

/** Runs a program with one variable set; what it warns and what it stores comes back. */
async function withVariables(
  env: Record<string, string>,
  program: string,
): Promise<{ names: string[]; warnings: string[]; extra: unknown }> {
  return nodeJson(
    `
    import { diag, DiagLogLevel } from '@opentelemetry/api'
    import { activeFeature, featureTracker, trackFeature, withFeature, startCustomTracking, completeCustomTracking } from '@cloudcurio/feature-tracking'
    const warnings = []
    diag.setLogger({ warn: (text) => warnings.push(text), error: (text) => warnings.push(text), info() {}, debug() {}, verbose() {} }, DiagLogLevel.WARN)
    let extra
    ${program}
    const records = await featureTracker.getAllRecords()
    console.log(JSON.stringify({ names: records.map((record) => record.featureName).toSorted(), warnings, extra }))
    await featureTracker.shutdown()
    `,
    { env: { FEATURE_TRACKING_DB_PATH: tempDatabase(), ...env } },
  )
}

const THREE_CALLS = `
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
  trackFeature('quick')(() => 1)()
  await trackFeature('slow')(() => sleep(60))()
  try { trackFeature('failing')(() => { throw new Error('x') })() } catch {}
`

describe('variables of the default tracker', () => {
  it('FEATURE_TRACKING_DB_PATH says where', async () => {
    const path = tempDatabase()
    const { names, extra } = await withVariables(
      { FEATURE_TRACKING_DB_PATH: path },
      `${THREE_CALLS} extra = featureTracker.health().dbPath`,
    )
    expect(names).toEqual(['failing', 'quick', 'slow'])
    expect(extra).toBe(path)
  })

  it('FEATURE_TRACKING_DB_PATH expands ~', async () => {
    const home = tempDatabase()
    const { extra } = await withVariables(
      { HOME: home, FEATURE_TRACKING_DB_PATH: '~/a/b.db' },
      `${THREE_CALLS} extra = featureTracker.health().dbPath`,
    )
    expect(extra).toBe(`${home}/a/b.db`)
  })

  it('FEATURE_TRACKING_ENABLED=false hands back the function itself and keeps nothing', async () => {
    const { names, extra } = await withVariables(
      { FEATURE_TRACKING_ENABLED: 'false' },
      `const fn = () => 1
       const id = startCustomTracking('c')
       completeCustomTracking(id, { status: 'success' })
       extra = [trackFeature('f')(fn) === fn, withFeature({ featureName: 'w' }, (feature) => { feature.setMetadata({ a: 1 }); return 5 })]`,
    )
    expect(extra).toEqual([true, 5])
    expect(names).toEqual([])
  })

  it('FEATURE_TRACKING_FAILURES_ONLY keeps what did not succeed', async () => {
    expect((await withVariables({ FEATURE_TRACKING_FAILURES_ONLY: 'true' }, THREE_CALLS)).names).toEqual(['failing'])
  })

  it('FEATURE_TRACKING_MIN_DURATION keeps what took longer', async () => {
    expect((await withVariables({ FEATURE_TRACKING_MIN_DURATION: '0.05' }, THREE_CALLS)).names).toEqual(['slow'])
  })

  it('FEATURE_TRACKING_MAX_METADATA_SIZE bounds the metadata and names what was cut', async () => {
    const { extra } = await withVariables(
      { FEATURE_TRACKING_MAX_METADATA_SIZE: '100' },
      `withFeature({ featureName: 'w' }, (feature) => feature.setMetadata({ short: 1, long: 'x'.repeat(1000) }))
       extra = (await featureTracker.getAllRecords())[0].metadata`,
    )
    expect(JSON.stringify(extra).length).toBeLessThanOrEqual(100)
    expect(extra).toMatchObject({ short: 1, _cut: ['long'] })
  })

  it('FEATURE_TRACKING_ANONYMIZE=false keeps user ids as they are', async () => {
    const program = `trackFeature('f', 'other', { userId: 'ada' })(() => 1)()
      extra = [(await featureTracker.getAllRecords())[0].userId, (await featureTracker.getAllRecords({ userId: 'ada' })).length]`
    expect((await withVariables({ FEATURE_TRACKING_ANONYMIZE: 'false' }, program)).extra).toEqual(['ada', 1])
    const [userId, found] = (await withVariables({}, program)).extra as [string, number]
    expect(userId).toMatch(/^[0-9a-f]{64}$/)
    expect(found).toBe(1)
  })

  it('FEATURE_TRACKING_EXCLUDE tracks the rest', async () => {
    const { names } = await withVariables({ FEATURE_TRACKING_EXCLUDE: 'quick, f*ing' }, THREE_CALLS)
    expect(names).toEqual(['slow'])
  })

  it('FEATURE_TRACKING_FLUSH_INTERVAL stores when so many wait, without being asked', async () => {
    const { extra } = await withVariables(
      { FEATURE_TRACKING_FLUSH_INTERVAL: '3' },
      // No timer can fire in here: only the number of those that wait starts a flush.
      `const { default: BetterSqlite3 } = await import('better-sqlite3')
       const f = trackFeature('f')(() => 1)
       for (let n = 0; n < 5; n++) f()
       await null
       const stored = () => {
         try {
           const db = new BetterSqlite3(featureTracker.health().dbPath, { readonly: true })
           try { return db.prepare('SELECT count(*) FROM feature_usage').pluck().get() } finally { db.close() }
         } catch { return 0 }
       }
       for (const end = Date.now() + 20_000; Date.now() < end && stored() < 3; ) {
         Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
       }
       extra = stored()`,
    )
    expect(extra).toBe(3)
  })

  it('FEATURE_TRACKING_MAX_BATCH_SIZE bounds what an exporter is given', async () => {
    const { extra } = await withVariables(
      { FEATURE_TRACKING_MAX_BATCH_SIZE: '4', FEATURE_TRACKING_FLUSH_INTERVAL: '10' },
      `const { BasicTracerProvider } = await import('@opentelemetry/sdk-trace-base')
       const { trace } = await import('@opentelemetry/api')
       const { FeatureSpanProcessor } = await import('@cloudcurio/feature-tracking/pipeline')
       extra = []
       const exporter = { export: (spans, done) => { extra.push(spans.length); done({ code: 0 }) }, shutdown: async () => {} }
       trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new FeatureSpanProcessor(exporter)] }))
       const f = trackFeature('f')(() => 1)
       for (let n = 0; n < 10; n++) f()`,
    )
    expect(extra).toEqual([4, 4, 2])
  })

  it.each([
    ['FEATURE_TRACKING_ENABLED', 'maybe', 'true or false'],
    ['FEATURE_TRACKING_FAILURES_ONLY', 'si', 'true or false'],
    ['FEATURE_TRACKING_MIN_DURATION', '-1', 'a number of seconds, 0 or more'],
    ['FEATURE_TRACKING_MAX_METADATA_SIZE', '10k', 'a whole number of bytes, 0 or more'],
    ['FEATURE_TRACKING_ANONYMIZE', 'x', 'true or false'],
    ['FEATURE_TRACKING_FLUSH_INTERVAL', '0', 'a whole number of 1 or more'],
    ['FEATURE_TRACKING_MAX_BATCH_SIZE', '1.5', 'a whole number of 1 or more'],
  ])('a bad %s is named in one warning, and the default used', async (variable, value, expects) => {
    const { names, warnings } = await withVariables({ [variable]: value }, THREE_CALLS)
    expect(names).toEqual(['failing', 'quick', 'slow'])
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toContain(`${variable} is "${value}": give ${expects}. Using the default`)
  })

  it('two bad variables are two warnings', async () => {
    const { warnings } = await withVariables(
      { FEATURE_TRACKING_ENABLED: 'x', FEATURE_TRACKING_MAX_BATCH_SIZE: 'y' },
      THREE_CALLS,
    )
    expect(warnings).toHaveLength(2)
  })
})

import { ensureKey } from '../../src/config/index.js'
import { describe, expect, it } from 'vitest'
import { pseudonymOf } from '../../src/record/index.js'
import { nodeJson } from '../support/child.js'
import { tempDatabase } from '../support/temp.js'

interface Row {
  readonly featureName: string
  readonly userId: string | null
  readonly sessionId: string
}

/** Runs a program with the default tracker; what it stored comes back, by feature. */
async function stored(
  program: string,
  env: Record<string, string> = {},
): Promise<{ rows: Map<string, Row>; ada: string }> {
  const dbPath = tempDatabase()
  const rows = await nodeJson<Row[]>(
    `
    import { carryContext, featureTracker, identify, trackFeature, withCarriedContext, withIdentity, withSession, withUser } from '@cloudcurio/feature-tracking'
    const deep = (name) => trackFeature(name)(() => {})()
    ${program}
    await featureTracker.shutdown()
    const { FeatureTracker } = await import('@cloudcurio/feature-tracking')
    const reader = new FeatureTracker({ dbPath: process.env.FEATURE_TRACKING_DB_PATH })
    console.log(JSON.stringify(await reader.getAllRecords()))
    await reader.shutdown()
    `,
    { env: { FEATURE_TRACKING_DB_PATH: dbPath, ...env } },
  )
  const ada = env['FEATURE_TRACKING_ANONYMIZE'] === 'false' ? 'ada' : pseudonymOf(ensureKey(dbPath), 'ada')
  return { rows: new Map(rows.map((row) => [row.featureName, row])), ada }
}

describe('the default tracker', () => {
  it('carries user and session before the first tracked call, without a span and with one', async () => {
    const { rows, ada } = await stored(`
      await withUser('ada', async () => {
        await new Promise((resolve) => setTimeout(resolve, 1))
        deep('draft')
        trackFeature('spanned', 'other', { metadata: { a: 1 } })(() => {})()
        withSession('s1', () => deep('session'))
      })
      deep('outside')
    `)
    expect(rows.get('draft')).toMatchObject({ userId: ada })
    expect(rows.get('spanned')).toMatchObject({ userId: ada })
    expect(rows.get('session')).toMatchObject({ userId: ada, sessionId: 's1' })
    expect(rows.get('outside')).toMatchObject({ userId: null })
    expect(rows.get('outside')?.sessionId).toBe(rows.get('draft')?.sessionId)
  })

  it('carries them in an application with a provider of its own', async () => {
    const { rows, ada } = await stored(`
      const { NodeSDK } = await import('@opentelemetry/sdk-node')
      const { FeatureSpanProcessor } = await import('@cloudcurio/feature-tracking/pipeline')
      const sdk = new NodeSDK({ autoDetectResources: false, spanProcessors: [new FeatureSpanProcessor()] })
      sdk.start()
      await withIdentity({ userId: 'ada', sessionId: 's1' }, async () => {
        await new Promise((resolve) => setTimeout(resolve, 1))
        deep('hosted')
      })
      await sdk.shutdown()
    `)
    expect(rows.get('hosted')).toMatchObject({ userId: ada, sessionId: 's1' })
  })

  it('keeps clear ids where anonymisation is off', async () => {
    const { rows } = await stored(`withUser('ada', () => deep('clear'))`, { FEATURE_TRACKING_ANONYMIZE: 'false' })
    expect(rows.get('clear')).toMatchObject({ userId: 'ada' })
  })

  it('believes baggage that a propagator read, when it may', async () => {
    const program = `
      const { context, propagation, ROOT_CONTEXT } = await import('@opentelemetry/api')
      const { W3CBaggagePropagator } = await import('@opentelemetry/core')
      propagation.setGlobalPropagator(new W3CBaggagePropagator())
      withUser(null, () => {}) // makes contexts work
      context.with(propagation.extract(ROOT_CONTEXT, { baggage: 'user.id=ada,session.id=s1' }), () => deep('told'))
    `
    const accepted = await stored(program, { FEATURE_TRACKING_ACCEPT_BAGGAGE: 'true' })
    expect(accepted.rows.get('told')).toMatchObject({ userId: accepted.ada, sessionId: 's1' })
  })

  it('carries them to a worker thread and a child process', async () => {
    const { rows, ada } = await stored(`
      import { Worker } from 'node:worker_threads'
      import { fork } from 'node:child_process'
      import { writeFileSync, mkdtempSync, rmSync } from 'node:fs'
      const code = \`
        import { parentPort } from 'node:worker_threads'
        import { featureTracker, trackFeature, withCarriedContext } from '@cloudcurio/feature-tracking'
        const port = parentPort ?? process
        const answer = (text) => parentPort === null ? process.send(text) : parentPort.postMessage(text)
        port.on('message', async ({ name, carrier }) => {
          withCarriedContext(carrier, () => trackFeature(name)(() => {})())
          await featureTracker.shutdown()
          answer('done')
          if (parentPort === null) process.disconnect()
          else parentPort.close()
        })
      \`
      const folder = mkdtempSync('./dist/carried-')
      try {
        writeFileSync(folder + '/work.mjs', code)
        await withIdentity({ userId: 'ada', sessionId: 's1' }, async () => {
          const worker = new Worker(folder + '/work.mjs', { execArgv: [] })
          worker.postMessage({ name: 'in a worker', carrier: carryContext() })
          await new Promise((resolve) => worker.once('exit', resolve))
          const child = fork(folder + '/work.mjs', { execArgv: [] })
          child.send({ name: 'in a child', carrier: carryContext() })
          await new Promise((resolve) => child.once('exit', resolve))
        })
      } finally {
        rmSync(folder, { recursive: true })
      }
    `)
    expect(rows.get('in a worker')).toMatchObject({ userId: ada, sessionId: 's1' })
    expect(rows.get('in a child')).toMatchObject({ userId: ada, sessionId: 's1' })
  })

  it('sets nothing up where tracking is off', async () => {
    const { context } = await nodeJson<{ context: boolean }>(
      `
      import { context, createContextKey } from '@opentelemetry/api'
      import { withUser } from '@cloudcurio/feature-tracking'
      if (withUser('ada', () => 3) !== 3) throw new Error('not run')
      const key = createContextKey('test')
      console.log(JSON.stringify({ context: context.with(context.active().setValue(key, 1), () => context.active().getValue(key) === 1) }))
    `,
      { env: { FEATURE_TRACKING_ENABLED: 'false', FEATURE_TRACKING_DB_PATH: tempDatabase() } },
    )
    expect(context).toBe(false)
  })
})

import { describe, expect, it } from 'vitest'
import { runNode } from '../../support/child.js'
import { sql } from '../../support/original.js'
import { decodeOtlp } from '../../support/otlp-decoder.js'
import { otlpReceiver } from '../../support/otlp-receiver.js'
import { tempDatabase } from '../../support/temp.js'

const PROGRAM = `
  import { FeatureTracker } from '@cloudcurio/feature-tracking'
  const tracker = new FeatureTracker()
  const ask = tracker.trackFeature({ featureName: 'ai_generation', category: 'ai_provider', userId: 'ada' })((text) => text.length)
  for (let call = 0; call < 3; call++) ask('hello')`

const withEnvironment = (dbPath: string, env: Record<string, string | undefined>) => ({
  env: {
    FEATURE_TRACKING_DB_PATH: dbPath,
    OTEL_EXPORTER_OTLP_ENDPOINT: undefined,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: undefined,
    ...env,
  },
})

describe('the OTLP processor', () => {
  it('is loaded only with them', async () => {
    const program = `${PROGRAM}
      await tracker.shutdown()
      const { createRequire } = await import('node:module')
      console.log(Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes('otlp-transformer')))`
    const { endpoint } = await otlpReceiver()
    expect(await runNode(program, withEnvironment(tempDatabase(), {}))).toMatchObject({ code: 0, stdout: 'false\n' })
    expect(
      await runNode(program, withEnvironment(tempDatabase(), { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })),
    ).toMatchObject({ code: 0, stdout: 'true\n' })
  })

  it.each(['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'])(
    'sends spans where %s says, besides storing them, before a natural end',
    async (variable) => {
      const { endpoint, received } = await otlpReceiver()
      const dbPath = tempDatabase()
      const url = variable.includes('TRACES') ? `${endpoint}/custom/traces` : endpoint
      expect(
        await runNode(PROGRAM, withEnvironment(dbPath, { [variable]: url, OTEL_SERVICE_NAME: 'shop' })),
      ).toMatchObject({ code: 0, stderr: '' })
      expect(received.map(({ method, url: path }) => `${method} ${path}`)).toEqual([
        variable.includes('TRACES') ? 'POST /custom/traces' : 'POST /v1/traces',
      ])
      const spans = received.flatMap(decodeOtlp)
      expect(spans.map(({ name }) => name)).toEqual(['ai_generation', 'ai_generation', 'ai_generation'])
      expect(spans[0]).toMatchObject({
        resource: { 'service.name': 'shop' },
        scope: '@cloudcurio/feature-tracking',
        attributes: {
          'cloudcurio.feature.category': 'ai_provider',
          'user.hash': expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        },
      })
      expect(received[0]?.body.toString('latin1')).not.toMatch(/\bada\b/)
      const ids = sql<{ id: string }>(dbPath, 'SELECT id FROM feature_usage').map(({ id }) =>
        id.replaceAll('-', '').slice(-12),
      )
      expect(spans.map(({ spanId }) => spanId.slice(-12)).toSorted()).toEqual(ids.toSorted())
    },
  )

  it.each(['exit', 'throw', 'SIGTERM'])('sends what waits when the process ends: %s', async (end) => {
    const { endpoint, received } = await otlpReceiver()
    const dbPath = tempDatabase()
    const ending = {
      exit: 'process.exit(3)',
      throw: 'throw new Error("boom")',
      SIGTERM: 'process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000)',
    }[end]
    const { code, signal } = await runNode(
      `${PROGRAM}\n${ending}`,
      withEnvironment(dbPath, { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }),
    )
    expect({ code, signal }).toEqual(
      {
        exit: { code: 3, signal: null },
        throw: { code: 1, signal: null },
        SIGTERM: { code: null, signal: 'SIGTERM' },
      }[end],
    )
    expect(sql(dbPath, 'SELECT count(*) AS n FROM feature_usage')).toEqual([{ n: 3 }])
    expect(received.flatMap(decodeOtlp)).toHaveLength(3)
  })

  it.each(['natural', 'exit', 'shutdown'])(
    'does not hold the end longer than the exit timeout where the receiver hangs: %s',
    async (end) => {
      const { endpoint, received } = await otlpReceiver(() => {})
      const dbPath = tempDatabase()
      const ending = { natural: '', exit: 'process.exit()', shutdown: 'await tracker.shutdown()' }[end]
      // The exporter by itself would wait for a minute.
      const { code, stdout } = await runNode(
        `${PROGRAM.replace('new FeatureTracker()', 'new FeatureTracker({ exitTimeout: 3 })')}
         const ended = performance.now()
         process.on('exit', () => {
           const events = tracker.health().events
           console.log(JSON.stringify([events, performance.now() - ended < 30_000]))
         })
         ${ending}`,
        withEnvironment(dbPath, { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_TIMEOUT: '60000' }),
      )
      expect(code).toBe(0)
      const events = end === 'shutdown' ? { otlp_failed: 3 } : {}
      expect(JSON.parse(stdout)).toEqual([events, true])
      expect(received).toHaveLength(1)
      expect(sql(dbPath, 'SELECT count(*) AS n FROM feature_usage')).toEqual([{ n: 3 }])
    },
  )
})

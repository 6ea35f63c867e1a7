import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createOtlpProcessor, otlpConfigured } from '../../exporters/index.js'
import { runNode } from '../support/child.js'
import { sql } from '../support/original.js'
import { tempDatabase } from '../support/temp.js'

interface Received {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly body: string
}

/** A receiver of traces on the loopback address. */
async function receiver(status = 200): Promise<{ endpoint: string; received: Received[] }> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      received.push({ method: request.method, url: request.url, body })
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += String(chunk)
  return body
}

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
  it('is none unless the standard variables name an endpoint', () => {
    expect(otlpConfigured({})).toBe(false)
    expect(
      otlpConfigured({
        OTEL_EXPORTER_OTLP_ENDPOINT: ' ',
        OTEL_SERVICE_NAME: 'shop',
        OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://x',
      }),
    ).toBe(false)
    expect(otlpConfigured({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' })).toBe(true)
    expect(otlpConfigured({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://localhost:4318/v1/traces' })).toBe(true)
    expect(createOtlpProcessor()).toBeUndefined()
  })

  it('is loaded only with them', async () => {
    const program = `${PROGRAM}
      await tracker.flush()
      const { createRequire } = await import('node:module')
      console.log(Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes('otlp-transformer')))`
    const { endpoint } = await receiver()
    expect(await runNode(program, withEnvironment(tempDatabase(), {}))).toMatchObject({ code: 0, stdout: 'false\n' })
    expect(
      await runNode(program, withEnvironment(tempDatabase(), { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })),
    ).toMatchObject({ code: 0, stdout: 'true\n' })
  })

  it.each(['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'])(
    'sends spans where %s says, besides storing them, before a natural end',
    async (variable) => {
      const { endpoint, received } = await receiver()
      const dbPath = tempDatabase()
      const url = variable.includes('TRACES') ? `${endpoint}/custom/traces` : endpoint
      expect(
        await runNode(PROGRAM, withEnvironment(dbPath, { [variable]: url, OTEL_SERVICE_NAME: 'shop' })),
      ).toMatchObject({ code: 0, stderr: '' })
      expect(received.map(({ method, url: path }) => `${method} ${path}`)).toEqual([
        variable.includes('TRACES') ? 'POST /custom/traces' : 'POST /v1/traces',
      ])
      const body = received[0]?.body ?? ''
      for (const part of ['ai_generation', 'shop', '@cloudcurio/feature-tracking', 'user.hash'])
        expect(body).toContain(part)
      expect(body).not.toContain('"ada"')
      const { resourceSpans } = JSON.parse(body) as {
        resourceSpans: { scopeSpans: { spans: { spanId: string; name: string }[] }[] }[]
      }
      const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans))
      expect(spans.map(({ name }) => name)).toEqual(['ai_generation', 'ai_generation', 'ai_generation'])
      const ids = sql<{ id: string }>(dbPath, 'SELECT id FROM feature_usage').map(({ id }) =>
        id.replaceAll('-', '').slice(-12),
      )
      expect(spans.map(({ spanId }) => spanId.slice(-12)).toSorted()).toEqual(ids.toSorted())
    },
  )

  it('does not hold up or lose the rows where the receiver refuses or is not there', async () => {
    const refusing = await receiver(400)
    for (const endpoint of [refusing.endpoint, 'http://127.0.0.1:1', 'not a url']) {
      const dbPath = tempDatabase()
      expect(
        await runNode(
          PROGRAM,
          withEnvironment(dbPath, { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_TIMEOUT: '500' }),
        ),
      ).toMatchObject({ code: 0 })
      expect(sql(dbPath, 'SELECT count(*) AS n FROM feature_usage')).toEqual([{ n: 3 }])
    }
    expect(refusing.received).toHaveLength(1)
  })
})

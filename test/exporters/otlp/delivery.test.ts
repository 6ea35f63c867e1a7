import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../../support/child.js'
import { ok, otlpReceiver } from '../../support/otlp-receiver.js'
import { decodeOtlp } from '../../support/otlp-decoder.js'
import { otlpSubject } from './subject.js'

const TLS = join(ROOT, 'test/fixtures/tls')
const pem = (name: string): Buffer => readFileSync(join(TLS, name))

describe('OTLP by the standard variables', () => {
  it.each(['http/protobuf', 'http/json'])('sends %s with headers, packed', async (protocol) => {
    const { endpoint, received } = await otlpReceiver()
    const { processor, spans } = otlpSubject({
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=shop,authorization=Basic%20general',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'authorization=Bearer%20special',
    })
    spans(2)
    await processor.forceFlush()
    expect(received).toHaveLength(1)
    expect(received[0]).toMatchObject({
      method: 'POST',
      url: '/v1/traces',
      headers: {
        'content-type': protocol === 'http/json' ? 'application/json' : 'application/x-protobuf',
        'content-encoding': 'gzip',
        'x-tenant': 'shop',
        authorization: 'Bearer special',
      },
    })
    expect(received.flatMap(decodeOtlp).map(({ name }) => name)).toEqual(['span 0', 'span 1'])
  })

  it('takes the endpoint for traces as it is, before the general one', async () => {
    const { endpoint, received } = await otlpReceiver()
    const { processor, spans } = otlpSubject({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${endpoint}/ingest?team=a`,
    })
    spans(1)
    await processor.forceFlush()
    expect(received.map(({ url }) => url)).toEqual(['/ingest?team=a'])
  })

  it('trusts and shows the certificates that are named, and says when one cannot be read', async () => {
    const server = { cert: pem('server.pem'), key: pem('server-key.pem'), ca: pem('ca.pem'), requestCert: true }
    const { endpoint, received } = await otlpReceiver(ok, server)
    const trusting = {
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_CERTIFICATE: join(TLS, 'ca.pem'),
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: join(TLS, 'client.pem'),
      OTEL_EXPORTER_OTLP_CLIENT_KEY: join(TLS, 'client-key.pem'),
      OTEL_EXPORTER_OTLP_TIMEOUT: '3000',
    }
    const well = otlpSubject(trusting)
    well.spans(1)
    await well.processor.forceFlush()
    expect(well.events.counts()).toEqual({})
    expect(received).toHaveLength(1)

    const badly = otlpSubject({ ...trusting, OTEL_EXPORTER_OTLP_CERTIFICATE: join(TLS, 'missing.pem') })
    badly.spans(1)
    await badly.processor.forceFlush()
    expect(badly.events.counts()).toEqual({ setting_ignored: 1, otlp_failed: 1 })
    expect(received).toHaveLength(1)
  })

  it('takes no span that was not sampled, and none after its shutdown', async () => {
    const { endpoint, received } = await otlpReceiver()
    const { processor, spans, events } = otlpSubject({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, { exitTimeout: 5 })
    const unsampled = { spanContext: () => ({ traceId: '0', spanId: '0', traceFlags: 0 }) }
    processor.onEnd(unsampled as unknown as Parameters<typeof processor.onEnd>[0])
    spans(1)
    await processor.shutdown()
    spans(1)
    await processor.forceFlush()
    expect(received.flatMap(decodeOtlp)).toHaveLength(1)
    expect(events.counts()).toEqual({})
  })

  it('sends by itself when a batch is full, or some time after its first span', async () => {
    const { endpoint, received } = await otlpReceiver()
    const { spans } = otlpSubject({
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '10',
      OTEL_BSP_SCHEDULE_DELAY: '300',
    })
    spans(10)
    await expect.poll(() => received.length, { timeout: 10_000 }).toBe(1)
    spans(3)
    await expect.poll(() => received.length, { timeout: 10_000 }).toBe(2)
    expect(received.map((request) => decodeOtlp(request).length)).toEqual([10, 3])
  })
})

import { describe, expect, it } from 'vitest'
import { otlpReceiver } from '../../support/otlp-receiver.js'
import { decodeOtlp } from '../../support/otlp-decoder.js'
import { otlpSubject } from './subject.js'

const JSON_TYPE = { 'content-type': 'application/json' }

describe('R21: OTLP out', () => {
  it('tries again after 429, 502, 503 and 504, when Retry-After says so', async () => {
    const soon = new Date(Date.now() + 4000).toUTCString()
    const cases = [
      [429, '1'],
      [502, '1'],
      [503, soon],
      [504, undefined],
    ] as const
    const runs = cases.map(async ([status, retryAfter]) => {
      const { endpoint, received } = await otlpReceiver((response, count) => {
        if (count > 0) response.writeHead(200).end()
        else response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end()
      })
      const { processor, spans, events } = otlpSubject({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })
      spans(3)
      await processor.forceFlush()
      expect(received.map((request) => decodeOtlp(request).length)).toEqual([3, 3])
      expect(events.counts()).toEqual({})
      return received.map(({ at }) => at) as [number, number]
    })
    const [[first429, second429], [first502, second502], [, second503]] = (await Promise.all(runs)) as [
      [number, number],
      [number, number],
      [number, number],
    ]
    // A timer may fire a millisecond early.
    for (const waited of [second429 - first429, second502 - first502]) expect(waited).toBeGreaterThanOrEqual(990)
    expect(second503).toBeGreaterThanOrEqual(new Date(soon).getTime() - 10)
  })

  it.each([400, 500])('does not try again after %i, and counts the spans', async (status) => {
    const { endpoint, received } = await otlpReceiver((response) => response.writeHead(status).end('no'))
    const { processor, spans, events } = otlpSubject({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })
    spans(3)
    await processor.forceFlush()
    expect(received).toHaveLength(1)
    expect(events.counts()).toEqual({ otlp_failed: 3 })
  })

  it('counts what a partial success refused, in JSON and in protobuf', async () => {
    const json = await otlpReceiver((response) =>
      response.writeHead(200, JSON_TYPE).end('{"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}}'),
    )
    // ExportTraceServiceResponse { partial_success = 1 { rejected_spans = 1, error_message = 2 } }
    const protobuf = await otlpReceiver((response) =>
      response.writeHead(200).end(Buffer.from([0x0a, 0x06, 0x08, 0x02, 0x12, 0x02, 0x6e, 0x6f])),
    )
    for (const [protocol, { endpoint, received }] of Object.entries({ 'http/json': json, 'http/protobuf': protobuf })) {
      const subject = otlpSubject({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: protocol })
      subject.spans(5)
      await subject.processor.forceFlush()
      expect(received).toHaveLength(1)
      expect(subject.events.counts()).toEqual({ otlp_rejected: 2 })
    }
  })

  it('takes an empty answer and a full success for what they are', async () => {
    const bodies = ['', '{}', '{"partialSuccess":{}}', 'not json']
    const { endpoint } = await otlpReceiver((response, count) => response.writeHead(200, JSON_TYPE).end(bodies[count]))
    const { processor, spans, events } = otlpSubject({
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    })
    for (const _body of bodies) {
      spans(1)
      await processor.forceFlush()
    }
    expect(events.counts().otlp_failed).toBeUndefined()
    expect(events.counts().otlp_rejected).toBeUndefined()
  })

  it('gives up on a receiver that hangs, and on one that answers byte by byte', async () => {
    const drips: NodeJS.Timeout[] = []
    const hanging = await otlpReceiver(() => {})
    const dripping = await otlpReceiver((response) => {
      response.writeHead(200)
      drips.push(setInterval(() => response.write(' '), 50))
    })
    for (const { endpoint } of [hanging, dripping]) {
      const { processor, spans, events } = otlpSubject({
        OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
        OTEL_EXPORTER_OTLP_TIMEOUT: '200',
      })
      spans(3)
      await processor.forceFlush()
      expect(events.counts()).toEqual({ otlp_failed: 3 })
    }
    for (const drip of drips) clearInterval(drip)
  })

  it('counts what cannot reach a receiver that is not there', async () => {
    const { processor, spans, events } = otlpSubject({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      OTEL_EXPORTER_OTLP_TIMEOUT: '100',
    })
    spans(3)
    await processor.forceFlush()
    expect(events.counts()).toEqual({ otlp_failed: 3 })
  })

  it('drops past its queue, counting each span, also of a burst in one turn', async () => {
    const { endpoint, received } = await otlpReceiver()
    const { processor, spans, events } = otlpSubject({
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_BSP_MAX_QUEUE_SIZE: '100',
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '30',
    })
    spans(250)
    await processor.forceFlush()
    expect(received.map((request) => decodeOtlp(request).length).toSorted((a, b) => a - b)).toEqual([10, 30, 30, 30])
    expect(events.counts()).toEqual({ otlp_dropped: 150 })
  })
})

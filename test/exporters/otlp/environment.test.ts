import { describe, expect, it } from 'vitest'
import { otlpRequest } from '../../../exporters/otlp/environment.js'
import { createOtlpProcessor, otlpConfigured } from '../../../exporters/index.js'

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' }

describe('what the standard variables ask for', () => {
  it.each([
    [{}],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }],
    [{ OTEL_SERVICE_NAME: 'shop', OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://x' }],
    [{ ...ENDPOINT, OTEL_TRACES_EXPORTER: 'none' }],
    [{ ...ENDPOINT, OTEL_TRACES_EXPORTER: 'console' }],
    [{ ...ENDPOINT, OTEL_SDK_DISABLED: 'TRUE' }],
  ])('is nothing with %j', (environment) => {
    expect(otlpRequest(environment)).toEqual({ kind: 'none' })
    expect(otlpConfigured(environment)).toBe(false)
  })

  it.each([
    [ENDPOINT, 'http/protobuf'],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://x.example/v1/traces' }, 'http/protobuf'],
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, 'http/protobuf'],
    [{ ...ENDPOINT, OTEL_TRACES_EXPORTER: 'console, otlp' }, 'http/protobuf'],
    [{ ...ENDPOINT, OTEL_SDK_DISABLED: '1' }, 'http/protobuf'],
    [{ ...ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, 'http/json'],
    [
      { ...ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' },
      'http/json',
    ],
  ])('is traces with %j', (environment, protocol) => {
    expect(otlpRequest(environment)).toEqual({ kind: 'send', protocol })
  })

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4318' }, /OTEL_EXPORTER_OTLP_ENDPOINT is "localhost:4318": give a URL/],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'not a url' }, /TRACES_ENDPOINT is "not a url"/],
    [{ ...ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, /PROTOCOL is "grpc".*give http\/protobuf.*4318/],
    [{ ...ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'udp' }, /TRACES_PROTOCOL is "udp".*http\/json$/],
  ])('is refused, with the remedy, with %j', (environment, reason) => {
    expect(otlpRequest(environment)).toEqual({ kind: 'refused', reason: expect.stringMatching(reason) as string })
    expect(otlpConfigured(environment)).toBe(true)
  })

  it('makes no processor where it is nothing', () => {
    expect(createOtlpProcessor()).toBeUndefined()
  })
})

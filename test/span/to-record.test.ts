import { SpanStatusCode } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import { deriveRecordId } from '../../src/record/index.js'
import { type FinishedSpan, type MappingOptions, recordFromSpan } from '../../src/span/index.js'
import { duckSpan, featureSpan, sdkSpan, START } from '../support/spans.js'

const options: MappingOptions = { maxMetadataSize: 10_240, sessionId: 'fallback' }

describe('recordFromSpan', () => {
  it('reads all that tracking writes from a span of the SDK', () => {
    const span = featureSpan({
      feature: 'ai_generation',
      attributes: {
        'cloudcurio.feature.category': 'ai_provider',
        'cloudcurio.feature.status': 'partial',
        'cloudcurio.feature.record_id': 'id-1',
        'cloudcurio.feature.input.size': 10,
        'cloudcurio.feature.output.size': 20,
        'cloudcurio.feature.iterations': 3,
        'cloudcurio.feature.efficiency': 0.5,
        'cloudcurio.feature.metadata.model': 'm1',
        'cloudcurio.feature.metadata.tokens': 12,
        'cloudcurio.feature.metadata.parts': ['a', 'b'],
        'cloudcurio.feature.metadata.nested': '{"a":[1,null]}',
        'session.id': 'session-1',
        'user.hash': 'pseudonym',
        'error.message': 'cut short',
        'http.route': '/not/ours',
      },
    })
    expect(recordFromSpan(span, options)).toEqual({
      recordId: 'id-1',
      featureName: 'ai_generation',
      category: 'ai_provider',
      status: 'partial',
      duration: 0.25,
      startTime: '2026-11-24T14:55:00.123456+00:00',
      endTime: '2026-11-24T14:55:00.373456+00:00',
      inputSize: 10,
      outputSize: 20,
      metadata: { model: 'm1', tokens: 12, parts: ['a', 'b'], nested: { a: [1, null] } },
      userId: 'pseudonym',
      sessionId: 'session-1',
      errorMessage: 'cut short',
      efficiencyScore: 0.5,
      iterations: 3,
    })
  })

  it('has a default for everything but the feature name', () => {
    const span = featureSpan({ duration: 20 })
    const { traceId, spanId } = span.spanContext()
    expect(recordFromSpan(span, options)).toEqual({
      recordId: deriveRecordId(traceId, spanId, START[0] * 1000 + START[1] / 1e6),
      featureName: 'search',
      category: 'other',
      status: 'success',
      duration: 20,
      startTime: '2026-11-24T14:55:00.123456+00:00',
      endTime: '2026-11-24T14:55:20.123456+00:00',
      inputSize: 0,
      outputSize: 0,
      metadata: {},
      userId: null,
      sessionId: 'fallback',
      errorMessage: null,
      efficiencyScore: 0.45,
      iterations: 1,
    })
  })

  it.each([undefined, '', 7, ['search'], null])('is undefined where the feature name is %j', (name) => {
    expect(recordFromSpan(duckSpan({ 'cloudcurio.feature.name': name }), options)).toBeUndefined()
    expect(recordFromSpan(sdkSpan({ attributes: { 'http.route': '/' } }), options)).toBeUndefined()
  })

  it('takes nested attributes, null and mixed lists, as SDK 3.x allows them', () => {
    const record = recordFromSpan(
      duckSpan({
        'cloudcurio.feature.name': 'search',
        'cloudcurio.feature.category': 'AGENT_PLATFORM',
        'cloudcurio.feature.metadata.nested': { a: { b: [1, 'two', null, { c: true }] } },
        'cloudcurio.feature.metadata.none': null,
        'cloudcurio.feature.metadata.bytes': new Uint8Array(3),
      }),
      options,
    )
    expect(record).toMatchObject({
      category: 'agentic_platform',
      metadata: { nested: { a: { b: [1, 'two', null, { c: true }] } }, none: null, bytes: '[binary]' },
    })
  })

  it('ignores values of the wrong kind', () => {
    const span = duckSpan({
      'cloudcurio.feature.name': 'search',
      'cloudcurio.feature.category': { nested: 1 },
      'cloudcurio.feature.status': 7,
      'cloudcurio.feature.record_id': 7,
      'cloudcurio.feature.input.size': '10',
      'cloudcurio.feature.output.size': -1,
      'cloudcurio.feature.iterations': Number.NaN,
      'cloudcurio.feature.efficiency': 1.5,
      'session.id': ['s'],
      'user.hash': 7,
      'user.id': { id: 1 },
    })
    expect(recordFromSpan(span, options)).toMatchObject({
      recordId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      category: 'other',
      status: 'success',
      inputSize: 0,
      outputSize: 0,
      iterations: 1,
      efficiencyScore: 0.7,
      sessionId: 'fallback',
      userId: null,
    })
  })

  it('keeps metadata keys __proto__ and constructor.prototype.x as they are', () => {
    const attributes = {
      'cloudcurio.feature.name': 'search',
      'cloudcurio.feature.metadata.__proto__': '{"polluted":1}',
      'cloudcurio.feature.metadata.constructor.prototype.x': 1,
    }
    const metadata = recordFromSpan(duckSpan(attributes), options)?.metadata as object
    expect(JSON.stringify(metadata)).toBe('{"__proto__":{"polluted":1},"constructor.prototype.x":1}')
    expect(Object.getPrototypeOf(metadata)).toBe(Object.prototype)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it('bounds metadata, name and error text', () => {
    const span = featureSpan({
      feature: 'n'.repeat(2000),
      attributes: { 'cloudcurio.feature.metadata.long': 'x'.repeat(5000), 'cloudcurio.feature.metadata.short': 1 },
      work: (given) => given.setStatus({ code: SpanStatusCode.ERROR, message: 'e'.repeat(10_000) }),
    })
    const record = recordFromSpan(span, { ...options, maxMetadataSize: 500 })
    expect(record?.featureName).toHaveLength(1000)
    expect(record?.errorMessage).toHaveLength(4096)
    expect(Buffer.byteLength(JSON.stringify(record?.metadata))).toBeLessThanOrEqual(500)
    expect(record?.metadata).toMatchObject({
      long: expect.stringMatching(/^x+…$/) as string,
      _cut: expect.arrayContaining(['long']) as string[],
    })
  })

  it('gives the same span the same id, whatever it is met as', () => {
    const span = featureSpan()
    const again: FinishedSpan = duckSpan({ ...span.attributes }, { spanContext: () => span.spanContext() })
    const ids = [span, span, again].map((given) => recordFromSpan(given, options)?.recordId)
    expect(new Set(ids).size).toBe(1)
    expect(recordFromSpan(featureSpan(), options)?.recordId).not.toBe(ids[0])
  })

  it('leaves the span as it is', () => {
    const attributes = {
      'cloudcurio.feature.name': 'search',
      'cloudcurio.feature.metadata.list': Object.freeze(['ada']),
      'user.id': 'ada',
    }
    const span = duckSpan(Object.freeze(attributes))
    recordFromSpan(span, { ...options, pseudonymize: (id) => `P(${id})` })
    expect(span.attributes).toEqual({
      'cloudcurio.feature.name': 'search',
      'cloudcurio.feature.metadata.list': ['ada'],
      'user.id': 'ada',
    })
  })

  it.each([[[Number.NaN, 0]], [[Infinity, 0]], [[1e15, 0]]] as [[number, number]][])(
    'refuses a start of %j',
    (startTime) => {
      expect(() => recordFromSpan(duckSpan({ 'cloudcurio.feature.name': 'search' }, { startTime }), options)).toThrow(
        RangeError,
      )
    },
  )

  it('never has a negative duration', () => {
    expect(
      recordFromSpan(duckSpan({ 'cloudcurio.feature.name': 'search' }, { duration: [-1, 0] }), options)?.duration,
    ).toBe(0)
  })
})

import { SpanStatusCode } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { describe, expect, it } from 'vitest'
import { FeatureSpanProcessor, type FeatureSpanProcessorOptions } from '../../src/pipeline/index.js'
import { FakeExporter } from '../support/fake-exporter.js'
import { featureSpan, sdkSpan } from '../support/spans.js'

const failed = (feature: string, type = 'RangeError') =>
  featureSpan({
    feature,
    attributes: { 'error.type': type },
    work: (span) => span.setStatus({ code: SpanStatusCode.ERROR }),
  })

/** The features that a processor hands on. */
async function selected(options: FeatureSpanProcessorOptions, ...spans: ReadableSpan[]): Promise<string[]> {
  const exporter = new FakeExporter()
  const processor = new FeatureSpanProcessor(exporter, options)
  for (const span of spans) processor.onEnd(span)
  await processor.shutdown()
  return exporter.names
}

describe('FeatureSpanProcessor hands on', () => {
  it('features, sampled or not, and nothing else', async () => {
    const unsampled = {
      ...featureSpan({ feature: 'unsampled' }),
      attributes: { 'cloudcurio.feature.name': 'unsampled' },
      spanContext: () => ({ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 0 }),
    }
    const numbered = sdkSpan({ attributes: { 'cloudcurio.feature.name': 7 } })
    expect(
      await selected(
        {},
        featureSpan({ feature: 'a' }),
        sdkSpan({ name: 'GET /' }),
        numbered,
        unsampled as unknown as ReadableSpan,
      ),
    ).toEqual(['a', 'unsampled'])
  })

  it('nothing where it is not enabled', async () => {
    expect(await selected({ enabled: false }, featureSpan(), failed('b'))).toEqual([])
  })

  it('with failuresOnly what failed, timed out or ended in part', async () => {
    const spans = [
      featureSpan({ feature: 'success' }),
      failed('failed'),
      failed('timeout', 'TimeoutError'),
      featureSpan({ feature: 'partial', attributes: { 'cloudcurio.feature.status': 'partial' } }),
      featureSpan({
        feature: 'said success',
        attributes: { 'cloudcurio.feature.status': 'success', 'error.type': 'X' },
      }),
    ]
    expect(await selected({ failuresOnly: true }, ...spans)).toEqual(['failed', 'timeout', 'partial'])
  })

  it('with minDuration what took so long or longer', async () => {
    const spans = [0, 0.049_999, 0.05, 0.050_001, 2].map((duration) =>
      featureSpan({ feature: String(duration), duration }),
    )
    expect(await selected({ minDuration: 0.05 }, ...spans)).toEqual(['0.05', '0.050001', '2'])
    expect(await selected({ minDuration: 0 }, ...spans)).toHaveLength(5)
  })

  it('what is not excluded', async () => {
    const spans = ['health', 'healthy', 'internal.sweep', 'search'].map((feature) => featureSpan({ feature }))
    expect(await selected({ exclude: ['health', 'internal.*'] }, ...spans)).toEqual(['healthy', 'search'])
    expect(await selected({ exclude: ['*'] }, ...spans)).toEqual([])
  })

  it('what all settings together leave', async () => {
    const slow = featureSpan({ feature: 'slow', duration: 3 })
    const slowFailure = {
      ...failed('x'),
      attributes: { 'cloudcurio.feature.name': 'slow failure', 'error.type': 'X' },
      duration: [3, 0],
    } as unknown as ReadableSpan
    const excluded = {
      ...slowFailure,
      attributes: { 'cloudcurio.feature.name': 'health', 'error.type': 'X' },
    } as unknown as ReadableSpan
    expect(
      await selected(
        { failuresOnly: true, minDuration: 1, exclude: ['health'] },
        slow,
        failed('quick failure'),
        slowFailure,
        excluded,
      ),
    ).toEqual(['slow failure'])
  })

  it('what the environment says, where no option is given', async () => {
    process.env['FEATURE_TRACKING_EXCLUDE'] = 'health'
    try {
      expect(await selected({}, featureSpan({ feature: 'health' }), featureSpan({ feature: 'search' }))).toEqual([
        'search',
      ])
      expect(await selected({ exclude: [] }, featureSpan({ feature: 'health' }))).toEqual(['health'])
    } finally {
      delete process.env['FEATURE_TRACKING_EXCLUDE']
    }
  })
})

import { context, trace, TraceFlags } from '@opentelemetry/api'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openReader } from '../../src/store/index.js'
import { FeatureTracker } from '../../src/tracker/index.js'
import { tempDatabase } from '../support/temp.js'

function tracked(): { tracker: FeatureTracker; reader: ReturnType<typeof openReader> } {
  const dbPath = tempDatabase()
  const tracker = new FeatureTracker({ dbPath })
  const reader = openReader(dbPath)
  onTestFinished(async () => {
    await reader.close()
    await tracker.shutdown()
  })
  return { tracker, reader }
}

describe('where a call stands in its trace', () => {
  it('is stored for calls that are made in another call, and for that one', async () => {
    const { tracker, reader } = tracked()
    const leaf = tracker.trackFeature('leaf')((value: number) => value + 1)
    const middle = tracker.trackFeature('middle')(async (value: number) => {
      await Promise.resolve()
      return leaf(value)
    })
    await tracker.trackFeature('root')(async () => leaf(await middle(1)))()
    await tracker.flush()
    const { records } = await reader.getRecordPage({ limit: 10 })
    const root = records.find(({ featureName }) => featureName === 'root')
    expect(root).toMatchObject({ traceId: expect.stringMatching(/^[0-9a-f]{32}$/) as string, parentSpanId: null })
    const found = await reader.getTrace({ traceId: root?.traceId as string, limit: 10 })
    const nameOf = (spanId: string | null) => found.records.find((record) => record.spanId === spanId)?.featureName
    const placed = found.records.map((record) => `${record.featureName} in ${nameOf(record.parentSpanId)}`)
    expect(new Set(placed)).toEqual(new Set(['root in undefined', 'middle in root', 'leaf in middle', 'leaf in root']))
    expect(placed).toHaveLength(4)
    expect(found.truncated).toBe(false)
  })

  it('is stored for a call in a span of somebody else', async () => {
    const { tracker, reader } = tracked()
    const parent = {
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      traceFlags: TraceFlags.SAMPLED,
    }
    const call = tracker.trackFeature('call')(() => 1)
    // The context manager is the tracker's own, which a first call sets up.
    call()
    context.with(trace.setSpanContext(context.active(), parent), () => call())
    await tracker.flush()
    const { records } = await reader.getTrace({ traceId: parent.traceId, limit: 10 })
    expect(records).toMatchObject([{ featureName: 'call', parentSpanId: parent.spanId }])
  })

  it('is not stored for a call that is alone, whose span nobody asked for', async () => {
    const { tracker, reader } = tracked()
    tracker.trackFeature('call')(() => 1)()
    await tracker.flush()
    expect((await reader.getRecordPage({ limit: 1 })).records).toMatchObject([
      { traceId: null, spanId: null, parentSpanId: null },
    ])
  })
})

import { describe, expect, it } from 'vitest'
import { FeatureSpanProcessor, liveProcessors } from '../../src/pipeline/index.js'
import { warnings } from '../support/diag.js'
import { processorUnderTest } from '../support/processor.js'
import { featureSpan } from '../support/spans.js'

const turn = () => new Promise(setImmediate)

describe('forceFlush', () => {
  it('exports what waits, and waits for all that is under way and for the exporter', async () => {
    const { exporter, processor, end, sizes } = processorUnderTest({ flushInterval: 2 })
    exporter.holds = true
    end(3)
    let isFlushed = false
    const flushed = processor.forceFlush().then(() => (isFlushed = true))
    expect(sizes()).toEqual([2, 1])
    exporter.open[1]?.()
    await turn()
    expect([isFlushed, exporter.flushes]).toEqual([false, 0])
    exporter.open[0]?.()
    await flushed
    expect(exporter.flushes).toBe(1)
  })

  it('comes back at once when there is nothing', async () => {
    const { processor, exporter } = processorUnderTest()
    await processor.forceFlush()
    expect(exporter.batches).toEqual([])
  })

  it('works with an exporter that has none', async () => {
    const exporter = {
      export: (_: unknown, done: (result: { code: 0 }) => void) => done({ code: 0 }),
      shutdown: async () => {},
    }
    const processor = new FeatureSpanProcessor(exporter)
    processor.onEnd(featureSpan())
    await processor.forceFlush()
    await processor.shutdown()
  })
})

describe('shutdown', () => {
  it('exports what waits, waits for it, and shuts the exporter down once', async () => {
    const { exporter, processor, end, sizes } = processorUnderTest()
    exporter.holds = true
    end(3)
    const both = Promise.all([processor.shutdown(), processor.shutdown()])
    await turn()
    expect([sizes(), exporter.shutdowns]).toEqual([[3], 0])
    exporter.open[0]?.()
    await both
    await processor.shutdown()
    expect(exporter.shutdowns).toBe(1)
  })

  it('counts spans that end later, with one warning, and exports none', async () => {
    const { exporter, events, processor, end } = processorUnderTest({ flushInterval: 1 })
    const said = warnings()
    await processor.shutdown()
    end(3)
    await processor.forceFlush()
    expect(exporter.batches).toEqual([])
    expect(events.counts()).toEqual({ late_record: 3 })
    expect(said).toEqual([expect.stringContaining('after shutdown')])
  })

  it('counts no span later that was not selected', async () => {
    const { events, processor, end } = processorUnderTest({ exclude: ['search'] })
    await processor.shutdown()
    end(1)
    expect(events.counts()).toEqual({})
  })

  it('takes the processor from those that the end of the process flushes', async () => {
    const { processor } = processorUnderTest()
    expect(liveProcessors.has(processor)).toBe(true)
    await processor.shutdown()
    expect(liveProcessors.has(processor)).toBe(false)
  })

  it.each(['forceFlush', 'shutdown'] as const)(
    'lets go of everything, whatever %s of the exporter does',
    async (method) => {
      const { exporter, processor } = processorUnderTest()
      exporter[method] = () => {
        if (method === 'shutdown') exporter.shutdowns++
        return Promise.reject(new Error('no'))
      }
      await processor.shutdown().catch(() => {})
      expect(exporter.shutdowns).toBe(1)
      expect(liveProcessors.has(processor)).toBe(false)
    },
  )
})

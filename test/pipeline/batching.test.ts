import { context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { isTracingSuppressed } from '@opentelemetry/core'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { FeatureUsageExporter } from '../../exporters/index.js'
import { FeatureSpanProcessor } from '../../src/pipeline/index.js'
import { FakeExporter } from '../support/fake-exporter.js'
import { processorUnderTest } from '../support/processor.js'
import { tempDatabase } from '../support/temp.js'

describe('waiting spans', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('are exported when flushInterval of them wait, at most maxBatchSize in one call', () => {
    const { end, sizes } = processorUnderTest({ flushInterval: 10, maxBatchSize: 4 })
    end(9)
    expect(sizes()).toEqual([])
    end(1)
    expect(sizes()).toEqual([4, 4, 2])
    end(9)
    expect(sizes()).toEqual([4, 4, 2])
    end(1)
    expect(sizes()).toEqual([4, 4, 2, 4, 4, 2])
  })

  it('are exported in batches of 50 when 100 of them wait, by default', () => {
    const { end, sizes } = processorUnderTest()
    end(250)
    expect(sizes()).toEqual([50, 50, 50, 50])
  })

  it('are exported a second after the first of them, however few', () => {
    const { end, sizes } = processorUnderTest()
    end(1)
    vi.advanceTimersByTime(999)
    end(1)
    expect(sizes()).toEqual([])
    vi.advanceTimersByTime(1)
    expect(sizes()).toEqual([2])
    vi.advanceTimersByTime(10_000)
    expect(sizes()).toEqual([2])
    end(1)
    vi.advanceTimersByTime(1000)
    expect(sizes()).toEqual([2, 1])
  })

  it('start a second anew after a flush by number', () => {
    const { end, sizes } = processorUnderTest({ flushInterval: 2 })
    end(1)
    vi.advanceTimersByTime(900)
    end(2)
    vi.advanceTimersByTime(999)
    expect(sizes()).toEqual([2])
    vi.advanceTimersByTime(1)
    expect(sizes()).toEqual([2, 1])
  })

  it('leave no timer behind', async () => {
    const { end, processor } = processorUnderTest({ flushInterval: 2 })
    end(2)
    expect(vi.getTimerCount()).toBe(0)
    end(1)
    await processor.shutdown()
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('an export', () => {
  it('runs with tracing suppressed', () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
    onTestFinished(() => {
      context.disable()
    })
    const { exporter, end } = processorUnderTest({ flushInterval: 1 })
    const suppressed: boolean[] = []
    exporter.export = (_, done) => {
      suppressed.push(isTracingSuppressed(context.active()))
      done({ code: 0 })
    }
    end(1)
    expect([...suppressed, isTracingSuppressed(context.active())]).toEqual([true, false])
  })

  it('of spans that end while another export runs is not lost', async () => {
    const { exporter, processor, end } = processorUnderTest({ flushInterval: 2 })
    const works = exporter.export.bind(exporter)
    exporter.export = (spans, done) => {
      exporter.export = works
      end(3)
      works(spans, done)
    }
    end(2)
    await processor.forceFlush()
    expect(exporter.names).toHaveLength(5)
  })
})

describe('the options of a FeatureSpanProcessor', () => {
  it('make a FeatureUsageExporter with the same settings where no exporter is given', async () => {
    const dbPath = tempDatabase()
    const processor = new FeatureSpanProcessor({ dbPath, flushInterval: 7, anonymize: false })
    expect(processor.exporter).toBeInstanceOf(FeatureUsageExporter)
    expect((processor.exporter as FeatureUsageExporter).settings).toEqual(processor.settings)
    expect(processor.settings).toMatchObject({ dbPath, flushInterval: 7, anonymize: false })
    await processor.shutdown()
  })

  it('are refused where they are bad, and named', () => {
    expect(() => new FeatureSpanProcessor(new FakeExporter(), { flushInterval: 0 })).toThrow(/^flushInterval is 0/)
  })
})

import { describe, expect, it } from 'vitest'
import { warnings } from '../support/diag.js'
import { processorUnderTest } from '../support/processor.js'

describe('an exporter that misbehaves', () => {
  it.each([new Error('broken'), 'broken', null])(
    'is counted where it throws %j, and the next batch is tried',
    async (thrown) => {
      const { exporter, events, processor, end } = processorUnderTest({ flushInterval: 4, maxBatchSize: 2 })
      const said = warnings()
      const works = exporter.export.bind(exporter)
      exporter.export = () => {
        exporter.export = works
        throw thrown
      }
      end(4)
      await processor.forceFlush()
      expect(exporter.batches.map(({ length }) => length)).toEqual([2])
      expect(events.counts()).toEqual({ write_failed: 2 })
      expect(said).toHaveLength(1)
    },
  )

  it('may throw what cannot be shown', async () => {
    const { exporter, events, processor, end } = processorUnderTest({ flushInterval: 1 })
    exporter.export = () => {
      throw {
        toString: () => {
          throw new Error('no')
        },
      } as unknown as Error
    }
    expect(() => end(1)).not.toThrow()
    await processor.forceFlush()
    expect(events.counts()).toEqual({ write_failed: 1 })
  })

  it('may answer twice', async () => {
    const { exporter, processor, end } = processorUnderTest({ flushInterval: 1 })
    exporter.export = (_, done) => {
      done({ code: 0 })
      done({ code: 0 })
    }
    end(2)
    await processor.forceFlush()
  })

  it('may answer FAILED: the processor goes on', async () => {
    const { exporter, processor, end } = processorUnderTest({ flushInterval: 1 })
    const works = exporter.export.bind(exporter)
    exporter.export = (_, done) => {
      exporter.export = works
      done({ code: 1, error: new Error('refused') } as never)
    }
    end(2)
    await processor.forceFlush()
    expect(exporter.names).toHaveLength(1)
  })
})

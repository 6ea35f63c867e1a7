import { onTestFinished } from 'vitest'
import { EventCounter } from '../../src/health/index.js'
import { FeatureSpanProcessor, type FeatureSpanProcessorOptions } from '../../src/pipeline/index.js'
import { FakeExporter } from './fake-exporter.js'
import { featureSpan } from './spans.js'

const span = featureSpan()

export interface ProcessorUnderTest {
  readonly exporter: FakeExporter
  readonly events: EventCounter
  readonly processor: FeatureSpanProcessor
  /** Lets so many features end. */
  readonly end: (count: number) => void
  /** How many spans each export call had. */
  readonly sizes: () => number[]
}

/** A processor over a fake exporter; both are let go of when the test ends. */
export function processorUnderTest(options: FeatureSpanProcessorOptions = {}): ProcessorUnderTest {
  const [exporter, events] = [new FakeExporter(), new EventCounter()]
  const processor = new FeatureSpanProcessor(exporter, { events, ...options })
  onTestFinished(async () => {
    exporter.holds = false
    for (const give of exporter.open) give()
    await processor.shutdown().catch(() => {})
  })
  const end = (count: number) => {
    for (let index = 0; index < count; index++) processor.onEnd(span)
  }
  const sizes = () => exporter.batches.map(({ length }) => length)
  return { exporter, events, processor, end, sizes }
}

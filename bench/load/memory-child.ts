import { trace } from '@opentelemetry/api'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { childParams } from '../child.js'

/** A process that makes calls and rests now and then. */
export interface MemoryParams {
  /** Spans of the SDK alone, or the library. */
  readonly tracked: boolean
  readonly calls: number
}

/** Bytes after a quarter of the calls and after all of them. */
export interface MemoryAnswer {
  readonly rss: readonly [number, number]
  readonly heap: readonly [number, number]
}

const CHUNK = 500

const { tracked, calls } = childParams() as MemoryParams
const work = (value: number): number => value + 1

interface Way {
  readonly call: (value: number) => number
  readonly settle: () => Promise<void>
}

async function library(): Promise<Way> {
  const { featureTracker } = await import('@cloudcurio/feature-tracking')
  return {
    call: featureTracker.trackFeature('bench', 'other')(work),
    settle: () => featureTracker.flush(),
  }
}

function spans(): Way {
  trace.setGlobalTracerProvider(new BasicTracerProvider())
  const tracer = trace.getTracer('bare')
  return {
    call: (value) =>
      tracer.startActiveSpan('bare', (span) => {
        span.end()
        return work(value)
      }),
    settle: async () => {},
  }
}

const way = tracked ? await library() : spans()

async function make(count: number): Promise<NodeJS.MemoryUsage> {
  for (let done = 0; done < count; done += CHUNK) {
    for (let call = 0; call < CHUNK; call++) way.call(call)
    await way.settle()
  }
  globalThis.gc?.()
  return process.memoryUsage()
}

const early = await make(calls / 4)
const late = await make((calls * 3) / 4)
const answer: MemoryAnswer = { rss: [early.rss, late.rss], heap: [early.heapUsed, late.heapUsed] }
console.log(`\n${JSON.stringify(answer)}`)
process.exit(0)

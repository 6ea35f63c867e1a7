import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { context, type Span, type Tracer } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { BasicTracerProvider, type SpanExporter, type SpanProcessor } from '@opentelemetry/sdk-trace-base'
import { FeatureTracker } from '@cloudcurio/feature-tracking'
import { FeatureUsageExporter } from '@cloudcurio/feature-tracking/exporters'
import { FeatureSpanProcessor, FeatureTracerProvider } from '@cloudcurio/feature-tracking/pipeline'
import type { FeatureStoreWriter } from '@cloudcurio/feature-tracking/store'
import { Tracking } from '../src/tracking/index.js'
import { type Contender, interleave, report } from './measure.js'

/*
 * What a tracked call costs on the main thread, hand-over to the writer's thread included, against a bare span with six
 * attributes of the SDK without any processor. The stages between say where the time goes.
 */
const folder = mkdtempSync(join(tmpdir(), 'feature-bench-'))
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())

const bare = new BasicTracerProvider().getTracer('bare')
const tracker = new FeatureTracker({ dbPath: join(folder, 'own.db') })
const hostProcessor = new FeatureSpanProcessor({ dbPath: join(folder, 'host.db') })
const host = new BasicTracerProvider({ spanProcessors: [hostProcessor] })

/** Ways to track whose spans go different parts of the way. */
function trackingOver(tracer: Tracer): Tracking {
  return new Tracking({
    enabled: true,
    sessionId: 'bench',
    maxMetadataSize: 10_240,
    isExcluded: () => false,
    tracer: () => tracer,
    activatesSpans: () => true,
    pseudonym: () => undefined,
    count: (event, detail) => {
      console.error(event, detail)
    },
  })
}

const SCOPE = '@cloudcurio/feature-tracking'
const nowhere: SpanProcessor = { onStart() {}, onEnd() {}, forceFlush: async () => {}, shutdown: async () => {} }
const swallow: SpanExporter = {
  export(_spans, done) {
    done({ code: 0 })
  },
  shutdown: async () => {},
}
const noWriter: FeatureStoreWriter = {
  insertRecords: async (records) => records.length,
  flush: async () => {},
  drainSync: () => true,
  close: async () => {},
}
const ours = (processor: SpanProcessor): Tracking =>
  trackingOver(new FeatureTracerProvider([processor]).getTracer(SCOPE))
const stages: [string, Tracking][] = [
  ['  … span only', ours(nowhere)],
  ['  … and batching', ours(new FeatureSpanProcessor(swallow))],
  ['  … and mapping', ours(new FeatureSpanProcessor(new FeatureUsageExporter({ writer: noWriter })))],
]

const work = (value: number): number => value + 1
const workAsync = async (value: number): Promise<number> => value + 1
const sixAttributes = (span: Span): void => {
  span.setAttributes({ a: 'text', b: 'text', c: 1, d: 2, e: 3, f: 0.5 })
}

const bareCall = (value: number): number =>
  bare.startActiveSpan('bare', (span) => {
    const result = work(value)
    sixAttributes(span)
    span.end()
    return result
  })
const bareCallAsync = (value: number): Promise<number> =>
  bare.startActiveSpan('bare', async (span) => {
    const result = await workAsync(value)
    sixAttributes(span)
    span.end()
    return result
  })

const inHostTracking = trackingOver(host.getTracer(SCOPE))
const sync: [string, (value: number) => number][] = [
  ['bare span, six attributes', bareCall],
  ['tracked, our provider', tracker.trackFeature('bench', 'other')(work)],
  ...stages.map(([name, tracking]): [string, (value: number) => number] => [
    name,
    tracking.trackFeature('bench', 'other')(work),
  ]),
  ["tracked, the host's provider", inHostTracking.trackFeature('bench', 'other')(work)],
  ['untracked', work],
]
const async: [string, (value: number) => Promise<number>][] = [
  ['bare span, six attributes', bareCallAsync],
  ['tracked, our provider', tracker.trackFeature('bench', 'other')(workAsync)],
  ["tracked, the host's provider", inHostTracking.trackFeature('bench', 'other')(workAsync)],
  ['untracked', workAsync],
]

/** Calls between two waits for the writer: it must keep up, as it does in an application that also rests. */
const CHUNK = 500
const ROUNDS = 20_000

async function settle(): Promise<void> {
  await Promise.all([tracker.flush(), hostProcessor.forceFlush()])
}

function syncContender([name, call]: [string, (value: number) => number]): Contender {
  return {
    name,
    run: async (rounds) => {
      let sum = 0
      for (let done = 0; done < rounds; done += CHUNK) {
        for (let round = 0; round < CHUNK; round++) sum += call(round)
        await settle()
      }
      if (sum < 0) throw new Error('never')
    },
  }
}

function asyncContender([name, call]: [string, (value: number) => Promise<number>]): Contender {
  return {
    name,
    run: async (rounds) => {
      for (let done = 0; done < rounds; done += CHUNK) {
        for (let round = 0; round < CHUNK; round++) await call(round)
        await settle()
      }
    },
  }
}

export async function benchCall(): Promise<void> {
  report('Tracked synchronous call', 'bare span, six attributes', await interleave(sync.map(syncContender), ROUNDS))
  report('Tracked asynchronous call', 'bare span, six attributes', await interleave(async.map(asyncContender), ROUNDS))
  await tracker.shutdown()
  await host.shutdown()
  rmSync(folder, { recursive: true })
}

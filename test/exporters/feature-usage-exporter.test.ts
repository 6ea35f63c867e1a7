import { ExportResultCode, type ExportResult, isTracingSuppressed } from '@opentelemetry/core'
import { context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { FeatureUsageExporter, type FeatureUsageExporterOptions } from '../../exporters/index.js'
import { EventCounter } from '../../src/health/index.js'
import { ensureKey } from '../../src/config/index.js'
import { pseudonymOf } from '../../src/record/index.js'
import type { Promotion } from '../../src/span/index.js'
import { SqliteReader } from '../../src/store/index.js'
import { warnings } from '../support/diag.js'
import { FakeSink } from '../support/fake-sink.js'
import { deferred, FakeWriter } from '../support/fake-writer.js'
import { promotionTo } from '../support/promoting.js'
import { featureSpan, sdkSpan } from '../support/spans.js'
import { tempDatabase } from '../support/temp.js'

beforeAll(() => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()))
afterAll(() => {
  context.disable()
})

function made(options: FeatureUsageExporterOptions = {}): {
  exporter: FeatureUsageExporter
  writer: FakeWriter
  events: EventCounter
} {
  const [writer, events] = [new FakeWriter(), new EventCounter()]
  return { exporter: new FeatureUsageExporter({ writer, events, dbPath: tempDatabase(), ...options }), writer, events }
}

const exported = (exporter: FeatureUsageExporter, spans: readonly ReadableSpan[]) =>
  new Promise<ExportResult>((resolve) => exporter.export(spans, resolve))

describe('FeatureUsageExporter', () => {
  it('says SUCCESS when the records are committed, not before', async () => {
    const { exporter, writer } = made()
    const commit = deferred<number>()
    writer.answer = () => commit.promise
    let result: ExportResult | undefined
    exporter.export([featureSpan()], (given) => (result = given))
    await new Promise(setImmediate)
    expect(writer.batches).toHaveLength(1)
    expect(result).toBeUndefined()
    commit.resolve(1)
    await new Promise(setImmediate)
    expect(result).toEqual({ code: ExportResultCode.SUCCESS })
  })

  it('really stores them', async () => {
    const dbPath = tempDatabase()
    const exporter = new FeatureUsageExporter({ dbPath, sessionId: 'session-1' })
    expect(await exported(exporter, [featureSpan({ feature: 'search' }), featureSpan({ feature: 'export' })])).toEqual({
      code: ExportResultCode.SUCCESS,
    })
    const reader = new SqliteReader(dbPath)
    onTestFinished(async () => {
      await Promise.all([reader.close(), exporter.shutdown()])
    })
    const records = await reader.getRecords()
    expect(records.map(({ featureName, sessionId }) => `${featureName} ${sessionId}`).toSorted()).toEqual([
      'export session-1',
      'search session-1',
    ])
  })

  const refusals: [string, () => Promise<number>][] = [
    ['rejects', () => Promise.reject(new Error('disk full'))],
    [
      'throws',
      () => {
        throw new Error('disk full')
      },
    ],
    ['rejects with a text', () => Promise.reject('disk full')],
    [
      'throws nothing',
      () => {
        throw undefined as unknown as Error
      },
    ],
    [
      'rejects with an error that cannot be shown',
      () =>
        Promise.reject(
          Object.defineProperty(new Error('x'), 'message', {
            get: () => {
              throw new Error('no')
            },
          }),
        ),
    ],
  ]
  it.each(refusals)('says FAILED, counts and does not throw where the writer %s', async (_what, answer) => {
    const { exporter, writer, events } = made()
    const said = warnings()
    writer.answer = answer
    for (const _round of [1, 2]) {
      const result = await exported(exporter, [featureSpan(), featureSpan()])
      expect(result.code).toBe(ExportResultCode.FAILED)
      expect(result.error).toBeInstanceOf(Error)
    }
    expect(events.counts()).toEqual({ write_failed: 4 })
    expect(said).toHaveLength(1)
  })

  it('does not throw where the writer gives no promise', async () => {
    const { exporter, writer } = made()
    writer.answer = () => 1 as unknown as Promise<number>
    expect((await exported(exporter, [featureSpan()])).code).toBe(ExportResultCode.SUCCESS)
  })

  it('goes on after a failure', async () => {
    const { exporter, writer } = made()
    writer.answer = () => Promise.reject(new Error('once'))
    await exported(exporter, [featureSpan()])
    writer.answer = async () => 1
    expect((await exported(exporter, [featureSpan()])).code).toBe(ExportResultCode.SUCCESS)
  })

  it('passes over spans that are no features', async () => {
    const { exporter, writer, events } = made()
    const result = await exported(exporter, [
      sdkSpan({ name: 'GET /' }),
      featureSpan(),
      sdkSpan({ attributes: { 'cloudcurio.feature.name': '' } }),
    ])
    expect(result.code).toBe(ExportResultCode.SUCCESS)
    expect(writer.records).toHaveLength(1)
    expect((await exported(exporter, [sdkSpan()])).code).toBe(ExportResultCode.SUCCESS)
    expect((await exported(exporter, [])).code).toBe(ExportResultCode.SUCCESS)
    expect(events.counts()).toEqual({})
  })

  it('counts a span that cannot become a record, and stores the others', async () => {
    const { exporter, writer, events } = made()
    const broken = {
      ...featureSpan(),
      attributes: { 'cloudcurio.feature.name': 'x' },
      startTime: [Number.NaN, 0],
    } as unknown as ReadableSpan
    const throwing = new Proxy(featureSpan(), {
      get: () => {
        throw new Error('trap')
      },
    })
    expect((await exported(exporter, [broken, throwing, featureSpan()])).code).toBe(ExportResultCode.SUCCESS)
    expect(writer.records).toHaveLength(1)
    expect(events.counts()).toEqual({ unmapped_span: 2 })
  })

  it('keeps no span', async () => {
    const { exporter, writer } = made()
    const spans = [featureSpan()]
    const done = exported(exporter, spans)
    spans.length = 0
    await done
    expect(writer.records).toHaveLength(1)
  })

  it('writes with tracing suppressed, and leaves the caller its context', async () => {
    const { exporter, writer } = made()
    const suppressed: boolean[] = []
    writer.answer = async () => {
      suppressed.push(isTracingSuppressed(context.active()))
      await new Promise(setImmediate)
      suppressed.push(isTracingSuppressed(context.active()))
      return 1
    }
    const done = exported(exporter, [featureSpan()])
    expect(isTracingSuppressed(context.active())).toBe(false)
    await done
    expect(suppressed).toEqual([true, true])
  })

  it('drops and counts what is more than 200,000 records under way', async () => {
    const { exporter, writer, events } = made()
    const commit = deferred<number>()
    writer.answer = () => commit.promise
    const many = Array<ReadableSpan>(50_000).fill(featureSpan())
    const first = Array.from({ length: 4 }, () => exported(exporter, many))
    expect((await exported(exporter, [featureSpan()])).code).toBe(ExportResultCode.FAILED)
    expect(events.counts()).toEqual({ record_dropped: 1 })
    commit.resolve(1)
    for (const result of await Promise.all(first)) expect(result.code).toBe(ExportResultCode.SUCCESS)
    expect((await exported(exporter, [featureSpan()])).code).toBe(ExportResultCode.SUCCESS)
  })

  it('flushes its writer, and drains it', async () => {
    const { exporter, writer } = made()
    await exporter.forceFlush()
    expect(writer.flushes).toBe(1)
    expect(exporter.drainSync(10)).toBe(true)
  })

  it('closes its writer once, however often it is shut down, and then refuses', async () => {
    const { exporter, writer } = made()
    await Promise.all([exporter.shutdown(), exporter.shutdown()])
    await exporter.shutdown()
    expect(writer.closes).toBe(1)
    const result = await exported(exporter, [featureSpan()])
    expect(result).toMatchObject({ code: ExportResultCode.FAILED, error: expect.any(Error) as Error })
    expect(writer.batches).toEqual([])
    await exporter.forceFlush()
  })

  it('a second shutdown waits for the first', async () => {
    const { exporter, writer } = made()
    const closed = deferred<void>()
    writer.close = () => closed.promise
    const order: string[] = []
    const both = [
      exporter.shutdown().then(() => order.push('first')),
      exporter.shutdown().then(() => order.push('second')),
    ]
    await new Promise(setImmediate)
    expect(order).toEqual([])
    closed.resolve()
    await Promise.all(both)
    expect(order).toHaveLength(2)
  })

  it('makes pseudonyms of clear user ids with the key next to the database, unless told not to', async () => {
    const dbPath = tempDatabase()
    const span = featureSpan({ attributes: { 'user.id': 'ada' } })
    const { exporter, writer } = made({ dbPath })
    await exported(exporter, [span])
    const clear = made({ dbPath, anonymize: false })
    await exported(clear.exporter, [span])
    expect(writer.records[0]?.userId).toBe(pseudonymOf(ensureKey(dbPath), 'ada'))
    expect(clear.writer.records[0]?.userId).toBe('ada')
  })

  it('throws for a bad option, and names it', () => {
    expect(() => new FeatureUsageExporter({ dbPath: '' })).toThrow(/^dbPath is ""/)
  })

  describe('keeps spans', () => {
    const names = (sink: FakeSink): readonly string[] => sink.drafts.map(({ featureName }) => featureName)
    const keeping = (sink = new FakeSink()) => ({ sink, ...made({ writer: sink }) })

    it.each<[string, (exporter: FeatureUsageExporter) => unknown]>([
      ['send', (exporter) => exporter.send()],
      ['health', (exporter) => exporter.health()],
      ['drainSync', (exporter) => exporter.drainSync(1000)],
      ['forceFlush', (exporter) => exporter.forceFlush()],
      ['shutdown', (exporter) => exporter.shutdown()],
      ['export', (exporter) => exported(exporter, [])],
    ])('until %s', async (_, ask) => {
      const { sink, exporter } = keeping()
      for (const feature of ['one', 'two']) exporter.keepSpan(sdkSpan(), promotionTo(feature))
      expect(names(sink)).toEqual([])
      await ask(exporter)
      expect(names(sink)).toEqual(['one', 'two'])
      await ask(exporter)
      expect(names(sink)).toHaveLength(2)
    })

    it('until there are many, of which one that cannot be a record takes none along', () => {
      const { sink, exporter, events } = keeping()
      const bad = { ...sdkSpan(), startTime: [Number.NaN, 0] as [number, number] }
      for (let count = 1; count < 128; count++) exporter.keepSpan(count === 64 ? bad : sdkSpan(), promotionTo('one'))
      expect(names(sink)).toHaveLength(0)
      exporter.keepSpan(sdkSpan(), promotionTo('one'))
      expect(names(sink)).toHaveLength(127)
      expect(events.counts()).toEqual({ unmapped_span: 1 })
    })

    it('of which it is asked only then what becomes of them', () => {
      const { sink, exporter } = keeping()
      const asked: unknown[] = []
      const decide = (found: Promotion | undefined) => (span: unknown) => {
        asked.push(span)
        return found
      }
      const [one, other] = [sdkSpan(), sdkSpan()]
      exporter.keepSpan(one, decide(promotionTo('one')))
      exporter.keepSpan(other, decide(undefined))
      expect(asked).toEqual([])
      exporter.send()
      expect(asked).toEqual([one, other])
      expect(names(sink)).toEqual(['one'])
    })

    it('not at all where the end of the process may take nothing along', () => {
      const sink = new FakeSink()
      sink.durability = 'process'
      const { exporter } = keeping(sink)
      exporter.keepSpan(sdkSpan(), promotionTo('one'))
      expect(names(sink)).toHaveLength(1)
    })
  })
})

import { EventEmitter } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { context, propagation, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { describe, expect, it } from 'vitest'
import { identify, identityContext, withIdentity, withSession, withUser } from '../../src/index.js'
import { SCOPE_NAME } from '../../src/span/index.js'
import { contextOf, runIn, type Tracking } from '../../src/tracking/index.js'
import { collect, type Collector, pseudonym } from '../support/collect.js'

/** The two kinds of provider that a call can meet. */
const PROVIDERS: readonly (readonly [string, () => Collector])[] = [
  ['our own provider', () => collect()],
  ["a host's provider", hostCollector],
]

function hostCollector(): Collector {
  const collector = collect()
  const provider = new BasicTracerProvider({
    spanProcessors: [
      {
        onStart() {},
        onEnd: (span) => collector.spans.push(span),
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  })
  const tracer = provider.getTracer(SCOPE_NAME)
  return { ...collector, tracking: collect({ tracer: () => tracer }).tracking }
}

const ADA = pseudonym('ada')

function seen({ records }: Collector): (readonly [string | null, string])[] {
  return records().map(({ userId, sessionId }) => [userId, sessionId] as const)
}

/** A tracked function deep down that gets no argument. */
function deepCall(tracking: Tracking): () => void {
  return tracking.trackFeature('deep')(() => {})
}

describe.each(PROVIDERS)('identity in context, %s', (_name, make) => {
  it('reaches tracked functions without an argument, as a pseudonym, and ends with the function', () => {
    const collector = make()
    const deep = deepCall(collector.tracking)
    const result = withUser('ada', () => withSession('s1', () => (deep(), 7)))
    deep()
    expect(result).toBe(7)
    expect(seen(collector)).toEqual([
      [ADA, 's1'],
      [null, 'session-1'],
    ])
    const attributes = collector.spans[0]?.attributes
    expect(attributes).toMatchObject({ 'user.hash': ADA, 'session.id': 's1' })
    expect(JSON.stringify(collector.spans.map((span) => span.attributes))).not.toContain('ada"')
  })

  it('goes along with await, timers, microtasks, promises and callbacks', async () => {
    const collector = make()
    const deep = deepCall(collector.tracking)
    await withIdentity({ userId: 'ada', sessionId: 's1' }, async () => {
      await Promise.resolve()
      deep()
      await new Promise<void>((resolve) => setTimeout(() => (deep(), resolve()), 1))
      await new Promise<void>((resolve) => setImmediate(() => (deep(), resolve())))
      await new Promise<void>((resolve) => process.nextTick(() => (deep(), resolve())))
      await new Promise<void>((resolve) => queueMicrotask(() => (deep(), resolve())))
      await Promise.all([Promise.resolve().then(deep), (async () => deep())()])
    })
    expect(seen(collector)).toEqual(Array.from({ length: 7 }, () => [ADA, 's1']))
  })

  it('goes along with streams that are made inside, and with bound event emitters', async () => {
    const collector = make()
    const deep = deepCall(collector.tracking)
    await withUser('ada', async () => {
      const through = new PassThrough({ objectMode: true, transform: (chunk, _, done) => (deep(), done(null, chunk)) })
      await pipeline(Readable.from([1, 2]), through, async (items) => {
        for await (const _item of items) deep()
      })
    })
    const emitter = new EventEmitter()
    context.bind(identityContext({ userId: 'ada' }), emitter)
    emitter.on('job', deep)
    emitter.emit('job')
    expect(seen(collector)).toEqual(Array.from({ length: 5 }, () => [ADA, 'session-1']))
  })

  it('holds in the body of a generator that is read outside', async () => {
    const collector = make()
    const deep = deepCall(collector.tracking)
    const sync = withUser('ada', function* () {
      deep()
      const got: number = yield 1
      deep()
      return got
    })
    expect([sync.next(), sync.next(5)]).toEqual([
      { value: 1, done: false },
      { value: 5, done: true },
    ])
    for await (const _item of withUser('ada', async function* () {
      deep()
      yield* [1, 2]
      await Promise.resolve()
      deep()
    }))
      deep() // the reader's own
    expect(seen(collector).map(([user]) => user)).toEqual([ADA, ADA, ADA, null, null, ADA])
  })

  it('is kept apart between requests that run at once', async () => {
    const collector = make()
    const deep = collector.tracking.trackFeature('deep')((expected: string) => expected)
    await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        withUser(`user-${n}`, async () => {
          for (let step = 0; step < 3; step++) {
            await new Promise((resolve) => setTimeout(resolve, (n * 7 + step) % 5))
            collector.tracking.withFeature({ featureName: 'check', metadata: { expected: n } }, () => deep('x'))
          }
        }),
      ),
    )
    const checks = collector.records().filter(({ featureName }) => featureName === 'check')
    expect(checks).toHaveLength(150)
    expect(checks.every(({ userId, metadata }) => userId === pseudonym(`user-${String(metadata['expected'])}`))).toBe(
      true,
    )
  })

  it('gives way to the option of the call, inner to outer, and null is nobody', () => {
    const collector = make()
    const deep = deepCall(collector.tracking)
    withIdentity({ userId: 'ada', sessionId: 's1' }, () => {
      collector.tracking.trackFeature({ featureName: 'own', userId: 'grace' })(() => deep())()
      withUser('zoë', deep)
      withUser(undefined, deep)
      withIdentity({ userId: null }, deep)
      withIdentity({ userId: undefined }, deep)
      withSession(null, deep)
    })
    expect(seen(collector)).toEqual([
      [ADA, 's1'],
      [pseudonym('grace'), 's1'],
      [pseudonym('zoë'), 's1'],
      [null, 's1'],
      [null, 's1'],
      [ADA, 's1'],
      [ADA, 'session-1'],
    ])
  })

  it('is hidden in errors and metadata like the id of the option', () => {
    const collector = make()
    const failing = collector.tracking.trackFeature({ featureName: 'f', metadata: { note: 'for ada', user: 'ada' } })(
      () => {
        throw new Error('no such user ada')
      },
    )
    expect(() => withUser('ada', failing)).toThrow('no such user ada')
    expect(collector.record()).toMatchObject({
      errorMessage: `no such user ${ADA}`,
      metadata: { note: `for ${ADA}`, user: ADA },
    })
    expect(JSON.stringify(collector.spans[0]?.events)).not.toMatch(/\bada\b/)
  })

  it('makes the pseudonym once for all calls in a context, and not before the first', () => {
    let hashes = 0
    const counting = (id: string): string => {
      hashes++
      return pseudonym(id)
    }
    const { tracking, records } = collect({ pseudonym: counting })
    const deep = deepCall(tracking)
    withUser('ada', () => {
      expect(hashes).toBe(0)
      for (let n = 0; n < 100; n++) deep()
    })
    expect(records().every(({ userId }) => userId === ADA)).toBe(true)
    expect(hashes).toBe(1)
    withUser('nobody tracks', () => {})
    expect(hashes).toBe(1)
  })

  it('stays clear where anonymisation is off', () => {
    const { tracking, record, spans } = collect({ pseudonym: () => undefined })
    withUser(42, deepCall(tracking))
    expect(record().userId).toBe('42')
    expect(spans[0]?.attributes['user.id']).toBe('42')
  })
})

describe('identify', () => {
  it('changes the innermost scope for the calls that follow, and says where there is none', async () => {
    const collector = collect()
    const deep = deepCall(collector.tracking)
    expect(identify({ userId: 'ada' })).toBe(false)
    await withIdentity({}, async () => {
      deep()
      await (async () => {
        await Promise.resolve()
        expect(identify({ userId: 'ada' })).toBe(true)
      })()
      deep()
      withSession('inner', () => {
        identify({ userId: 'grace' })
        deep()
      })
      deep()
    })
    deep()
    expect(seen(collector)).toEqual([
      [null, 'session-1'],
      [ADA, 'session-1'],
      [pseudonym('grace'), 'inner'],
      [ADA, 'session-1'],
      [null, 'session-1'],
    ])
  })

  it('does not change a call that has started', () => {
    const { tracking, record } = collect()
    withUser('ada', () => {
      tracking.withFeature({ featureName: 'f' }, () => identify({ userId: 'grace', sessionId: 'later' }))
    })
    expect(record()).toMatchObject({ userId: ADA, sessionId: 'session-1' })
  })
})

describe('what is no id', () => {
  it('counts as nobody and never fails the request', () => {
    const collector = collect()
    const deep = deepCall(collector.tracking)
    for (const id of [{}, true, Symbol('x'), '', () => 'ada'] as never[]) {
      expect(withUser(id, () => (deep(), 1))).toBe(1)
      expect(withSession(id, () => (deep(), 1))).toBe(1)
    }
    expect(withIdentity(null as never, () => (deep(), 1))).toBe(1)
    expect(new Set(seen(collector).map(([user]) => user))).toEqual(new Set([null]))
  })

  it('a missing function throws at once', () => {
    expect(() => withUser('ada', undefined as never)).toThrow('withUser was given undefined: give a function to run')
  })
})

describe('baggage', () => {
  const entries = (values: Record<string, string>) =>
    propagation.setBaggage(
      ROOT_CONTEXT,
      propagation.createBaggage(Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { value }]))),
    )
  const FULL = entries({ 'user.id': 'ada', 'session.id': 's1' })

  it('is believed only when it may be', () => {
    for (const [acceptsBaggage, expected] of [
      [false, [null, 'session-1']],
      [true, [ADA, 's1']],
    ] as const) {
      const collector = collect({ acceptsBaggage })
      context.with(FULL, deepCall(collector.tracking))
      expect(seen(collector)).toEqual([expected])
    }
  })

  it('comes after what the code says, each of the two for itself', () => {
    const collector = collect({ acceptsBaggage: true })
    const deep = deepCall(collector.tracking)
    context.with(FULL, () => {
      withUser('grace', deep)
      withSession('said', deep)
      withUser(null, deep)
      collector.tracking.trackFeature({ featureName: 'f', userId: 'zoë' })(() => {})()
    })
    context.with(entries({ 'enduser.id': 'ada' }), deep)
    expect(seen(collector)).toEqual([
      [pseudonym('grace'), 's1'],
      [ADA, 'said'],
      [null, 's1'],
      [pseudonym('zoë'), 's1'],
      [ADA, 'session-1'],
    ])
  })

  it('is passed over where an id is too long or empty', () => {
    const collector = collect({ acceptsBaggage: true })
    context.with(entries({ 'user.id': 'x'.repeat(257), 'session.id': '' }), deepCall(collector.tracking))
    context.with(entries({ 'user.id': 'x'.repeat(256) }), deepCall(collector.tracking))
    expect(seen(collector)).toEqual([
      [null, 'session-1'],
      [pseudonym('x'.repeat(256)), 'session-1'],
    ])
  })
})

describe('a carried context', () => {
  it('has the trace, the session and the pseudonym, and no clear id', () => {
    const sender = collect()
    const receiver = collect()
    const deep = deepCall(receiver.tracking)
    const carrier = withIdentity({ userId: 'ada', sessionId: 's1' }, () =>
      sender.tracking.withFeature({ featureName: 'outer' }, () => sender.tracking.carryContext()),
    )
    expect(JSON.stringify(carrier)).not.toMatch(/\bada\b/)
    runIn(contextOf(JSON.parse(JSON.stringify(carrier))), deep)
    expect(seen(receiver)).toEqual([[ADA, 's1']])
    expect(receiver.spans[0]?.parentSpanContext).toMatchObject({
      ...sender.spans[0]?.spanContext(),
      isRemote: true,
    })
  })

  it('keeps the trace state and the sampling decision', () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00'
    const span = trace.getSpanContext(contextOf({ traceparent, tracestate: 'a=1,b=2' }))
    expect(span).toMatchObject({ traceId: '4bf92f3577b34da6a3ce929d0e0e4736', traceFlags: TraceFlags.NONE })
    expect(span?.traceState?.get('b')).toBe('2')
  })

  it.each([
    undefined,
    null,
    7,
    'text',
    {},
    { traceparent: 1 },
    { traceparent: '00-0-0-0' },
    { traceparent: 'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00' },
    { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00-extra' },
    { traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01` },
  ])('%j is none and changes nothing', (carrier) => {
    expect(trace.getSpanContext(contextOf(carrier, ROOT_CONTEXT))).toBeUndefined()
  })
})

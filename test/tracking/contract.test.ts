import { types } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FeatureCategory } from '../../src/index.js'
import { collect, turn } from '../support/collect.js'
import { HOSTILE, ran } from '../support/hostile.js'
import { cases } from '../support/thorough.js'

type Shape = 'returns' | 'throws' | 'resolves' | 'rejects'

/** A function of a shape that shows how it was called. */
function made(shape: Shape, outcome: unknown): { fn: (...args: unknown[]) => unknown; calls: unknown[][] } {
  const calls: unknown[][] = []
  const act = {
    returns: () => outcome,
    throws: () => {
      throw outcome
    },
    resolves: () => Promise.resolve(outcome),
    rejects: () => Promise.reject(outcome),
  }[shape]
  const fn = function (this: unknown, ...args: unknown[]): unknown {
    calls.push([this, ...args])
    return act()
  }
  return { fn, calls }
}

/** What came of a call, with the identity of values kept. */
async function outcomeOf(call: () => unknown): Promise<unknown[]> {
  let result: unknown
  try {
    result = call()
  } catch (error) {
    return ['threw', error]
  }
  if (!types.isPromise(result)) return ['returned', result]
  return result.then(
    (value: unknown) => ['resolved', value],
    (error: unknown) => ['rejected', error],
  )
}

describe('R18: a tracked function is the function', () => {
  // Values are made inside the property: fast-check looks into those that it makes itself.
  const value: fc.Arbitrary<() => unknown> = fc.oneof(
    { weight: 3, arbitrary: fc.anything().map((item) => () => item) },
    { weight: 2, arbitrary: fc.constantFrom(...HOSTILE).map(([, make]) => make) },
  )

  it('gives the same value or error, hands on `this` and the arguments, and records one call', async () => {
    let done = 0
    const millis: number[] = []
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom<Shape>('returns', 'throws', 'resolves', 'rejects'),
        value,
        fc.array(value, { maxLength: 4 }),
        value,
        async (shape, makeOutcome, makeArgs, makeMetadata) => {
          done++
          const outcome = makeOutcome()
          const args = makeArgs.map((make) => make())
          const metadata = makeMetadata()
          // A thenable as a resolved value is followed by `await` itself; what is compared here is the settled value.
          if (shape === 'resolves' && isThenable(outcome)) return
          ran.length = 0
          const { tracking, spans, events } = collect()
          const { fn, calls } = made(shape, outcome)
          const self = {}
          const tracked = tracking.trackFeature({ featureName: 'f', metadata: () => ({ metadata }) })(fn)
          const [how, outcomeSeen] = await outcomeOf(() => timed<unknown>(millis, () => tracked.apply(self, args)))
          const expected = { returns: 'returned', throws: 'threw', resolves: 'resolved', rejects: 'rejected' }[shape]
          expect(how).toBe(expected)
          expect(Object.is(outcomeSeen, outcome)).toBe(true)
          expect(calls).toHaveLength(1)
          expect([self, ...args].every((item, index) => Object.is(item, calls[0]?.[index]))).toBe(true)
          await turn()
          expect(ran.filter((what) => !what.startsWith('getter message'))).toEqual([])
          // A generator's call ends when it is used up, which nobody does here.
          if (!types.isGeneratorObject(outcome)) expect(spans).toHaveLength(1)
          expect(events.get('tracking_failed')).toBeUndefined()
        },
      ),
      { numRuns: cases(1000, 10_000) },
    )
    const p99 = millis.toSorted((a, b) => a - b)[Math.floor(millis.length * 0.99)] as number
    console.log(`R18: ${done} cases, 0 differences; a call took ${p99.toFixed(2)} ms at p99`)
  }, 120_000)
})

/** Adds how long some work held its caller, in milliseconds. */
function timed<T>(millis: number[], work: () => T): T {
  const start = performance.now()
  try {
    return work()
  } finally {
    millis.push(performance.now() - start)
  }
}

function isThenable(value: unknown): boolean {
  try {
    return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
  } catch {
    return true
  }
}

describe('R20: shapes of functions', () => {
  it('keeps name, length, own properties and the lack of a prototype', () => {
    const { tracking } = collect()
    const plain = (_a: number, _b: number): number => 1
    const fn = Object.assign(plain, { displayName: 'shown', helper: { x: 1 } })
    const tracked = tracking.trackFeature('f')(fn)
    expect(tracked.name).toBe('plain')
    expect(tracked.length).toBe(2)
    expect(tracked.displayName).toBe('shown')
    expect(tracked.helper).toBe(fn.helper)
    expect((tracked as { prototype?: unknown }).prototype).toBeUndefined()
  })

  it('stays synchronous where it was', () => {
    const { tracking, record } = collect()
    expect(tracking.trackFeature('f')((a: number) => a * 2)(21)).toBe(42)
    expect(record()).toMatchObject({ status: 'success', inputSize: 2, outputSize: 2, iterations: 1 })
  })

  it('tracks recursion as calls inside calls', () => {
    const { tracking, spans } = collect()
    const down: (n: number) => number = tracking.trackFeature('down')((n: number) => (n === 0 ? 0 : 1 + down(n - 1)))
    expect(down(50)).toBe(50)
    expect(spans).toHaveLength(51)
    const parents = new Set(spans.map((span) => span.parentSpanContext?.spanId))
    expect(parents.size).toBe(51)
    expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(1)
  })

  it('serves a bound method, a static, a subclass, a getter-made function and a method bound in the constructor', () => {
    const { tracking, records } = collect()
    class Base {
      readonly factor: number
      constructor(factor: number) {
        this.factor = factor
        this.bound = this.bound.bind(this)
      }
      bound(n: number): number {
        return this.factor * n
      }
      static make(factor: number): Base {
        return new this(factor)
      }
      get scale(): (n: number) => number {
        return tracking.trackFeature('getter')((n: number) => n * this.factor)
      }
    }
    class Derived extends Base {
      override bound(n: number): number {
        return super.bound(n) + 1
      }
    }
    Base.prototype.bound = tracking.trackFeature('bound')(Base.prototype.bound)
    Base.make = tracking.trackFeature('static')(Base.make)
    const { bound, scale } = Derived.make(3)
    expect(Derived.make(3)).toBeInstanceOf(Derived)
    expect(bound(2)).toBe(7)
    expect(scale(5)).toBe(15)
    expect(tracking.trackFeature('outside')(bound.bind(null))(1)).toBe(4)
    expect(records().map(({ featureName }) => featureName)).toEqual([
      'static',
      'static',
      'bound',
      'getter',
      'bound',
      'outside',
    ])
  })

  it('can be called with new where the function can', () => {
    const { tracking, records } = collect()
    class Point {
      constructor(
        readonly x: number,
        readonly y: number,
      ) {}
      static origin(): Point {
        return new Point(0, 0)
      }
    }
    const Tracked = tracking.trackFeature('point')(Point as never) as unknown as typeof Point
    const point = new Tracked(1, 2)
    expect(point).toBeInstanceOf(Point)
    expect(point).toBeInstanceOf(Tracked)
    expect([point.x, point.y]).toEqual([1, 2])
    expect(Tracked.origin()).toEqual(new Point(0, 0))
    class Far extends Tracked {}
    expect(new Far(3, 4)).toBeInstanceOf(Far)
    expect(records().map(({ status }) => status)).toEqual(['success', 'success'])
  })

  it('ends a call whose lazy thenable nobody triggered, and never triggers it', async () => {
    const { tracking, record } = collect()
    let triggered = 0
    const query = {
      sql: 'select 1',
      // oxlint-disable-next-line unicorn/no-thenable -- a query builder is what this is about
      then(resolve: (value: string) => void) {
        triggered++
        resolve('rows')
      },
    }
    const tracked = tracking.trackFeature('query', FeatureCategory.DATABASE_OPERATION)(() => query)
    expect(Object.is(tracked(), query)).toBe(true)
    await turn()
    expect(triggered).toBe(0)
    expect(record().status).toBe('success')
    expect(await query).toBe('rows')
  })

  it('leaves a promise subclass with its own `then` alone', async () => {
    const { tracking, record } = collect()
    let triggered = 0
    class Lazy<T> extends Promise<T> {
      // oxlint-disable-next-line unicorn/no-thenable -- a lazy promise is what this is about
      override then<A = T, B = never>(
        onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
        onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
      ): Promise<A | B> {
        triggered++
        return super.then(onFulfilled, onRejected)
      }
    }
    const lazy = new Lazy<number>((resolve) => {
      resolve(1)
    })
    expect(Object.is(tracking.trackFeature('lazy')(() => lazy)(), lazy)).toBe(true)
    await turn()
    expect(triggered).toBe(0)
    expect(record().status).toBe('success')
  })

  it('a call that never ends holds nothing up; with a timeout it counts as one', async () => {
    const { tracking, records } = collect()
    void tracking.trackFeature({ featureName: 'never', timeout: 0.02 })(() => new Promise<void>(() => {}))()
    void tracking.trackFeature('for ever')(() => new Promise<void>(() => {}))()
    await expect.poll(() => records()).toHaveLength(1)
    expect(records()[0]).toMatchObject({
      featureName: 'never',
      status: 'timeout',
      errorMessage: 'took longer than 0.02 s',
    })
    tracking.endOpen()
    expect(records()[1]).toMatchObject({
      featureName: 'for ever',
      status: 'partial',
      errorMessage: 'still open at shutdown',
    })
  })
})

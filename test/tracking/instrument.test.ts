import { EventEmitter } from 'node:events'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { InstrumentOptions } from '../../src/tracking/index.js'
import { nodeJson } from '../support/child.js'
import { collect, pseudonym, turn } from '../support/collect.js'
import { tempDatabase } from '../support/temp.js'

const TAG = Symbol('tag')

/** A class that a test may change. */
// oxlint-disable-next-line typescript/explicit-function-return-type -- a class has no shorter type
function freshClass() {
  return class Store extends EventEmitter {
    static made = 0
    #items = new Map<string, number>()
    static create(): InstanceType<typeof this> {
      this.made++
      return new this()
    }
    get size(): number {
      throw new Error('a getter ran')
    }
    put(key: string, value: number): this {
      this.#items.set(key, value)
      return this
    }
    find(key: string): number | undefined {
      return this.#items.get(key)
    }
    async load(key: string): Promise<number> {
      await Promise.resolve()
      if (!this.#items.has(key)) throw new Error(`no ${key}`)
      return this.find(key) as number
    }
    *keys(): Generator<string> {
      yield* this.#items.keys()
    }
    [TAG](): string {
      return 'tagged'
    }
  }
}

const Store = freshClass()

class SubStore extends Store {
  override find(key: string): number | undefined {
    return super.find(key.toLowerCase())
  }
}

function names(collector: ReturnType<typeof collect>): string[] {
  return collector.records().map(({ featureName, status }) => `${featureName}: ${status}`)
}

describe('instrument', () => {
  it('an instance: it stays itself, private fields work, others are left alone, and it ends', async () => {
    const collector = collect()
    const store = new Store()
    const other = new Store()
    const end = collector.tracking.instrument(store, {
      methods: ['put', 'find', 'load'],
      category: 'database_operation',
    })
    expect(store.put('a', 1)).toBe(store)
    expect(await store.load('a')).toBe(1)
    await expect(store.load('b')).rejects.toThrow('no b')
    other.put('a', 1)
    expect(names(collector)).toEqual([
      'Store.put: success',
      'Store.find: success',
      'Store.load: success',
      'Store.load: failed',
    ])
    expect(collector.records()[0]?.category).toBe('database_operation')
    expect(Object.keys(store)).toEqual(Object.keys(other))
    expect(store).toBeInstanceOf(Store)
    end()
    expect(Object.getOwnPropertyNames(store)).toEqual(Object.getOwnPropertyNames(other))
    store.put('b', 2)
    expect(collector.spans).toHaveLength(4)
  })

  it('a class: all its instances, also those that there are, with subclasses and super', () => {
    const collector = collect()
    const Made = freshClass()
    const before = new Made()
    const descriptor = Object.getOwnPropertyDescriptor(Made.prototype, 'find')
    const end = collector.tracking.instrument(Made, { methods: 'find' })
    class Sub extends Made {
      override find(key: string): number | undefined {
        return super.find(key)
      }
    }
    before.find('a')
    new Sub().find('a')
    expect(names(collector)).toEqual(['Store.find: success', 'Store.find: success'])
    end()
    expect(Object.getOwnPropertyDescriptor(Made.prototype, 'find')).toEqual(descriptor)
    new Made().find('a')
    expect(collector.spans).toHaveLength(2)
  })

  it('an inherited method of a subclass is shadowed there, and the class above is left alone', () => {
    const collector = collect()
    class Other extends SubStore {}
    const end = collector.tracking.instrument(Other, { methods: ['put', 'find'] })
    new Other().put('a', 1).find('A')
    new SubStore().put('a', 1)
    expect(names(collector)).toEqual(['Other.put: success', 'Other.find: success'])
    end()
    expect(Object.getOwnPropertyNames(Other.prototype)).toEqual(['constructor'])
  })

  it('static methods keep their `this`', () => {
    const collector = collect()
    const Made = freshClass()
    const end = collector.tracking.instrument(Made, { methods: 'create', static: true })
    expect(Made.create()).toBeInstanceOf(Made)
    expect(Made.made).toBe(1)
    expect(names(collector)).toEqual(['Store.create: success'])
    end()
  })

  it('patterns and tests take methods of its own classes, and no getter, constructor, symbol or method of Node', () => {
    for (const methods of [
      '*',
      ['p*', 'find', '*o*', 'k*s'],
      (name: string) => name !== '',
    ] satisfies InstrumentOptions['methods'][]) {
      const collector = collect()
      const store = new SubStore()
      collector.tracking.instrument(store, { methods })
      store.put('a', 1).find('A')
      Array.from(store.keys())
      store.emit('event')
      store[TAG]()
      expect(names(collector)).toEqual(['SubStore.put: success', 'SubStore.find: success', 'SubStore.keys: success'])
    }
  })

  it('symbols can be named, and methods of Node', () => {
    const collector = collect()
    const store = new Store()
    collector.tracking.instrument(store, { methods: [TAG, 'emit'] })
    expect(store[TAG]()).toBe('tagged')
    store.emit('event')
    expect(names(collector)).toEqual(['Store.[tag]: success', 'Store.emit: success'])
  })

  it('generators and streams last to their end', async () => {
    const collector = collect()
    const source = {
      *count() {
        yield* [1, 2, 3]
      },
      stream: () => Readable.from(['a', 'b']),
    }
    collector.tracking.instrument(source, { methods: '*', name: 'source' })
    expect([...source.count()]).toEqual([1, 2, 3])
    for await (const _chunk of source.stream());
    await turn()
    expect(collector.records().map(({ featureName, iterations }) => [featureName, iterations])).toEqual([
      ['source.count', 3],
      ['source.stream', 2],
    ])
  })

  it('names come from a template or a function', () => {
    const collector = collect()
    const { tracking } = collector
    const plain = (): { run: () => void } => ({ run() {} })
    const objects = [plain(), plain(), new Store(), new Store()] as const
    tracking.instrument(objects[0], { methods: 'run', name: 'jobs' })
    tracking.instrument(objects[1], { methods: 'run', featureName: 'job.{method}' })
    tracking.instrument(objects[2], { methods: 'find', featureName: 'db {class} {method}' })
    tracking.instrument(objects[3], { methods: 'find', featureName: (method, name) => `${name}#${method}` })
    objects[0].run()
    objects[1].run()
    objects[2].find('a')
    objects[3].find('a')
    expect(collector.records().map(({ featureName }) => featureName)).toEqual([
      'jobs.run',
      'job.run',
      'db Store find',
      'Store#find',
    ])
  })

  it('options apply to every method', () => {
    const collector = collect()
    const store = new Store()
    collector.tracking.instrument(store, {
      methods: ['find'],
      userId: (key: string) => key,
      metadata: (key: string) => ({ length: key.length }),
      classify: (found: unknown) => (found === undefined ? 'failed' : undefined),
    })
    store.find('ada')
    expect(collector.record()).toMatchObject({ userId: pseudonym('ada'), metadata: { length: 3 }, status: 'failed' })
  })

  it('twice is once: on the object, and on the object after its class', () => {
    const collector = collect()
    const Made = freshClass()
    const store = new Made()
    const ends = [
      collector.tracking.instrument(Made, { methods: ['find', 'find', 'fi*'] }),
      collector.tracking.instrument(Made, { methods: 'find' }),
      collector.tracking.instrument(store, { methods: 'find' }),
    ]
    store.find('a')
    expect(collector.spans).toHaveLength(1)
    for (const end of ends) end()
    for (const end of ends) end()
    store.find('a')
    expect(collector.spans).toHaveLength(1)
    collector.tracking.instrument(store, { methods: 'find' })
    store.find('a')
    expect(collector.spans).toHaveLength(2)
  })

  it('to end it leaves alone what took its place', () => {
    const { tracking } = collect()
    const object = { run: () => 1 }
    const end = tracking.instrument(object, { methods: 'run', name: 'o' })
    const another = (): number => 2
    object.run = another
    end()
    expect(object.run).toBe(another)
  })

  it('a fixed property that may be written is written, and put back', () => {
    const collector = collect()
    const run = (): number => 1
    const object = Object.defineProperty({}, 'run', { value: run, writable: true }) as { run: () => number }
    Object.preventExtensions(object)
    const end = collector.tracking.instrument(object, { methods: 'run', name: 'o' })
    expect(object.run()).toBe(1)
    expect(collector.spans).toHaveLength(1)
    end()
    expect(Object.getOwnPropertyDescriptor(object, 'run')).toMatchObject({ value: run, configurable: false })
  })

  it('does nothing where tracking is off', () => {
    const { tracking } = collect({ enabled: false })
    const run = (): number => 1
    const object = { run }
    tracking.instrument(object, { methods: 'run', name: 'o' })()
    expect(object.run).toBe(run)
  })

  it.each<[string, () => unknown, Partial<InstrumentOptions>, RegExp]>([
    ['no object', () => 'text', {}, /given string: give an object or a class/],
    ['null', () => null, {}, /given null/],
    ['a proxy', () => new Proxy({}, {}), {}, /given a Proxy.*the object behind it/],
    ['a function', () => () => {}, {}, /no class: wrap it with trackFeature/],
    ['no methods', () => new Store(), { methods: undefined as never }, /methods is undefined: give method names/],
    ['an empty list', () => new Store(), { methods: [] }, /methods is a list.*empty/],
    ['a number', () => new Store(), { methods: [1] as never }, /methods is a list with something else/],
    [
      'an unknown method',
      () => new SubStore(),
      { methods: ['get'] },
      /SubStore has no method get\. Its methods: find, put, load/,
    ],
    ['a pattern without a match', () => new Store(), { methods: 'x*' }, /Store has no method like "x\*"/],
    [
      'a getter',
      () => new Store(),
      { methods: 'size' },
      /Store\.size is a getter or setter, which is not run: name a method/,
    ],
    ['a value', () => ({ a: 1 }), { methods: 'a', name: 'o' }, /\.a is a number: name a method/],
    ['no class name', () => ({ run() {} }), { methods: 'run' }, /of no named class: give `name`/],
    [
      'a frozen object',
      () => Object.freeze({ run() {} }),
      { methods: 'run', name: 'o' },
      /run cannot be replaced, since the object is frozen/,
    ],
    [
      'a sealed instance',
      () => Object.seal(new Store()),
      { methods: 'find' },
      /find cannot be replaced, since the object is not extensible/,
    ],
    [
      'a fixed method',
      () => Object.defineProperty({}, 'run', { value() {} }),
      { methods: 'run', name: 'o' },
      /since it is not writable/,
    ],
    ['a bad category', () => new Store(), { methods: 'find', category: 'x' as never }, /unknown category/],
    ['a bad name', () => new Store(), { methods: 'find', featureName: () => '' }, /featureName is ""/],
  ])('refuses %s, says why, and changes nothing', (_name, make, options, message) => {
    const { tracking } = collect()
    const object = make()
    const before = typeof object === 'object' && object !== null ? Reflect.ownKeys(object) : []
    expect(() => tracking.instrument(object, { methods: 'find', ...options })).toThrow(message)
    if (typeof object === 'object' && object !== null) expect(Reflect.ownKeys(object)).toEqual(before)
  })

  it('refuses a module, and is there for the default tracker', async () => {
    const { message, names: stored } = await nodeJson<{ message: string; names: string[] }>(
      `
      import * as path from 'node:path'
      import { featureTracker, instrument } from '@cloudcurio/feature-tracking'
      let message
      try { instrument(path, { methods: 'join' }) } catch (error) { message = error.message }
      const job = { run() {} }
      instrument(job, { methods: '*', name: 'job' })
      job.run()
      const names = (await featureTracker.getAllRecords()).map((record) => record.featureName)
      await featureTracker.shutdown()
      console.log(JSON.stringify({ message, names }))
    `,
      { env: { FEATURE_TRACKING_DB_PATH: tempDatabase() } },
    )
    expect(message).toMatch(/given a module, which cannot be changed: wrap its functions with trackFeature/)
    expect(stored).toEqual(['job.run'])
  })

  it('changes no value, error, `this`, argument or property of any method', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.constantFrom('a', 'b', 'constructor_', '__proto__x', 'then', 'toString', 'größe ✓'), {
          minLength: 1,
        }),
        fc.constantFrom('returns', 'throws', 'resolves', 'rejects'),
        fc.anything(),
        fc.array(fc.anything(), { maxLength: 3 }),
        fc.boolean(),
        async (keys, shape, outcome, args, onPrototype) => {
          if (isThenable(outcome)) return
          const seen: unknown[][] = []
          const holder: Record<string, (...given: unknown[]) => unknown> = {}
          for (const key of keys)
            holder[key] = function (this: unknown, ...given: unknown[]) {
              seen.push([this, ...given])
              if (shape === 'throws') throw outcome
              if (shape === 'rejects') return Promise.reject(outcome)
              return shape === 'resolves' ? Promise.resolve(outcome) : outcome
            }
          const object = onPrototype ? (Object.create(holder) as typeof holder) : holder
          const { tracking, spans, events } = collect()
          const end = tracking.instrument(object, { methods: '*', name: 'o' })
          for (const key of keys) {
            seen.length = 0
            let got: unknown
            try {
              got = await object[key]?.(...args)
            } catch (error) {
              got = error
            }
            expect(Object.is(got, outcome)).toBe(true)
            expect(seen).toHaveLength(1)
            expect([object, ...args].every((item, index) => Object.is(item, seen[0]?.[index]))).toBe(true)
          }
          await turn()
          expect(spans).toHaveLength(keys.length)
          expect(events.size).toBe(0)
          end()
          expect(Object.keys(object)).toEqual(onPrototype ? [] : keys)
        },
      ),
      { numRuns: 300 },
    )
  })
})

function isThenable(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}

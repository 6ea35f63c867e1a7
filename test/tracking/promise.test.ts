import { describe, expect, it } from 'vitest'
import { nodeJson } from '../support/child.js'
import { collect, turn } from '../support/collect.js'

describe('native promises are observed, not replaced', () => {
  it('gives back the very promise, with its own prototype as soon as it is used', async () => {
    const { tracking, record } = collect()
    const promise = Promise.resolve('value')
    const result = tracking.trackFeature('f')(() => promise)()
    expect(Object.is(result, promise)).toBe(true)
    expect(await result).toBe('value')
    expect(Object.getPrototypeOf(result)).toBe(Promise.prototype)
    expect(Object.getOwnPropertyNames(result)).toEqual([])
    expect(record()).toMatchObject({ status: 'success', outputSize: 5 })
  })

  it('serves a promise that several calls return', async () => {
    const { tracking, records } = collect()
    const shared = Promise.reject(new Error('once'))
    const tracked = tracking.trackFeature('f')(() => shared)
    const [first, second] = [tracked(), tracked()]
    await expect(first).rejects.toThrow('once')
    await expect(second).rejects.toThrow('once')
    expect(records().map(({ status }) => status)).toEqual(['failed', 'failed'])
  })

  it('keeps the class and species of a subclass', async () => {
    class Own<T> extends Promise<T> {}
    const { tracking, record } = collect()
    const promise = Own.resolve<number>(1)
    const result = tracking.trackFeature('f')(() => promise)()
    expect(result.constructor).toBe(Own)
    expect(result.then(() => 2)).toBeInstanceOf(Own)
    expect(await result).toBe(1)
    await turn()
    expect(record().status).toBe('success')
  })

  it('observes a frozen promise', async () => {
    const { tracking, record } = collect()
    const frozen = Object.freeze(Promise.resolve(3))
    expect(await tracking.trackFeature('f')(() => frozen)()).toBe(3)
    expect(record().status).toBe('success')
  })
})

/** How often each way of using a rejected promise reports it as unhandled, with and without tracking. */
const PROGRAM = `
import { trackFeature } from './dist/lib/index.js'
const fail = async () => { await null; throw new Error('no') }
const failNow = () => Promise.reject(new Error('no'))
const ways = {
  nobody: (p) => { void p },
  awaited: async (p) => { try { await p } catch {} },
  caught: (p) => { p.catch(() => {}) },
  then: (p) => { p.then(() => {}, () => {}) },
  'then without handler': (p) => { p.then(() => {}) },
  finally: (p) => { p.finally(() => {}) },
  'finally caught': (p) => { p.finally(() => {}).catch(() => {}) },
  all: (p) => { Promise.all([p]).catch(() => {}) },
  allSettled: (p) => { Promise.allSettled([p]) },
  race: (p) => { Promise.race([p, 1]) },
  resolve: (p) => { Promise.resolve(p).catch(() => {}) },
  'returned from async': (p) => { (async () => p)().catch(() => {}) },
  'returned from async, unhandled': (p) => { (async () => p)() },
  'resolved into another': (p) => { new Promise((resolve) => resolve(p)).catch(() => {}) },
  'for await': async (p) => { try { for await (const x of [p]); } catch {} },
  'yielded': async (p) => { try { for await (const x of (async function* () { yield p })()); } catch {} },
  'caught in a microtask later': (p) => { Promise.resolve().then(() => {}).then(() => {}).then(() => { p.catch(() => {}) }) },
  'caught in nextTick': (p) => { process.nextTick(() => { p.catch(() => {}) }) },
  'caught too late': (p) => { setTimeout(() => { p.catch(() => {}) }, 5) },
  twice: (p) => { p.catch(() => {}); p.catch(() => {}) },
}
let seen = []
process.on('unhandledRejection', (error) => { seen.push(error.message) })
const wait = () => new Promise((resolve) => setTimeout(resolve, 15))
const result = {}
for (const [name, use] of Object.entries(ways)) {
  for (const [kind, fn] of Object.entries({ later: fail, now: failNow })) {
    const counts = []
    for (const f of [fn, trackFeature('f')(fn)]) {
      seen = []
      use(f())
      await wait()
      counts.push(seen.length)
    }
    result[name + ', ' + kind] = counts
  }
}
console.log(JSON.stringify(result))
`

describe('unhandled rejections', () => {
  it('are reported exactly where they were without tracking', async () => {
    const result = await nodeJson<Record<string, [number, number]>>(PROGRAM, {
      env: { FEATURE_TRACKING_DB_PATH: '/dev/null/x.db' },
    })
    expect(Object.keys(result)).toHaveLength(40)
    for (const [way, [without, tracked]] of Object.entries(result))
      expect(`${way}: ${tracked}`).toBe(`${way}: ${without}`)
    expect(result['nobody, later']).toEqual([1, 1])
  })
})

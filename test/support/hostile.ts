/** What ran although nothing may: reset by the test that looks. */
export const ran: string[] = []

/** A proxy of which every trap notes itself and throws. */
export function trappedProxy(target: object = {}): object {
  const names = Object.getOwnPropertyNames(Reflect) as (keyof ProxyHandler<object>)[]
  const handler = Object.fromEntries(
    names.map((name) => [
      name,
      () => {
        ran.push(`trap ${name}`)
        throw new Error(`trap ${name}`)
      },
    ]),
  )
  return new Proxy(target, handler)
}

function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

/** Adds an accessor that notes itself and throws, under each of some names. */
export function withGetters<T extends object>(target: T, ...names: readonly (string | symbol)[]): T {
  for (const name of names)
    Object.defineProperty(target, name, {
      enumerable: true,
      configurable: true,
      get() {
        ran.push(`getter ${String(name)}`)
        throw new Error(`getter ${String(name)}`)
      },
    })
  return target
}

function withMethods<T extends object>(target: T, ...names: readonly (string | symbol)[]): T {
  for (const name of names)
    Object.defineProperty(target, name, {
      configurable: true,
      value() {
        ran.push(`method ${String(name)}`)
        throw new Error(`method ${String(name)}`)
      },
    })
  return target
}

const CONVERSIONS = ['toJSON', 'toString', 'valueOf', Symbol.toPrimitive, Symbol.iterator] as const

class HostileError extends Error {
  override get message(): string {
    ran.push('getter message')
    throw new Error('getter message')
  }
}

/** An object that is nested `depth` times. */
export function deep(depth: number): object {
  let value: object = {}
  for (let level = 0; level < depth; level++) value = { value }
  return value
}

function circular(): object {
  const value: Record<string, unknown> = { name: 'circle' }
  value['self'] = value
  value['list'] = [value, [value]]
  value['map'] = new Map<unknown, unknown>([[value, value]])
  value['set'] = new Set([value])
  return value
}

/** Values that throw, run code, never end or cannot be said in JSON, each made anew. */
export const HOSTILE: readonly (readonly [what: string, make: () => unknown])[] = [
  ['undefined', () => undefined],
  ['a symbol', () => Symbol('s')],
  ['a function with a getter', () => withGetters(() => {}, 'length', 'name')],
  ['NaN and the infinities', () => ({ nan: Number.NaN, up: Infinity, down: -Infinity, zero: -0 })],
  ['bigints', () => [0n, -1n, 2n ** 64n, 2n ** 100_000n]],
  ['lone surrogates', () => ({ '\ud800': 'a\udc00b' })],
  ['a circle', circular],
  ['a depth of 100,000', () => deep(100_000)],
  ['a proxy whose traps throw', () => trappedProxy()],
  ['a proxy of an array', () => trappedProxy([1, 2])],
  ['a proxy of a function', () => trappedProxy(() => {})],
  ['a revoked proxy', revokedProxy],
  ['a proxy inside an object', () => ({ inside: trappedProxy(), list: [trappedProxy()] })],
  ['a proxy as the prototype', () => Object.create(trappedProxy(), { own: { value: 1, enumerable: true } }) as object],
  ['a class instance over a proxy', () => Object.setPrototypeOf({ own: 'x' }, trappedProxy()) as object],
  ['getters that throw', () => withGetters({ fine: 1 }, 'a', 'constructor', '__proto__')],
  ['getters in an array', () => withGetters([1, 2], '0')],
  ['conversions that throw', () => withMethods({ fine: 1 }, ...CONVERSIONS)],
  ['an array with an iterator that throws', () => withMethods([1, 2], Symbol.iterator)],
  ['a map with an iterator that throws', () => withMethods(new Map([['a', 1]]), Symbol.iterator, 'entries', 'forEach')],
  ['a set with an iterator that throws', () => withMethods(new Set(['a']), Symbol.iterator, 'values', 'forEach')],
  [
    'a map keyed by objects',
    () =>
      new Map<unknown, unknown>([
        [{}, 1],
        [[1, [2]], 2],
        [null, 3],
        [7n, 4],
      ]),
  ],
  ['a map keyed by an object without text', () => new Map([[{ toString: 1, valueOf: 2 }, 1]])],
  ['a map keyed by a list of such', () => new Map([[[{ toString: 1, valueOf: 2 }], 1]])],
  ['a date whose methods throw', () => withMethods(new Date(0), 'toISOString', 'getTime', 'toJSON')],
  ['an invalid date', () => new Date(Number.NaN)],
  ['an error whose message throws', () => new HostileError()],
  ['an error without a prototype', () => Object.setPrototypeOf(new Error('lost'), null) as object],
  ['a typed array with getters', () => withGetters(new Uint8Array(3), 'byteLength', 'length')],
  ['an object that says it is a Blob', () => withGetters(Object.create(Blob.prototype) as object, 'size')],
  ['an object without a prototype', () => Object.assign(Object.create(null) as object, { key: 'value' })],
  ['boxed values', () => [Object(1), Object('text'), Object(true), Object(1n), Object(Symbol('s'))]],
  ['weak things and promises', () => [new WeakMap(), new WeakSet(), new WeakRef({}), Promise.resolve(1)]],
  ['a regular expression', () => /x/g],
  [
    'a generator',
    () =>
      (function* () {
        yield ran.push('generator')
      })(),
  ],
  ['a thenable', () => withGetters({}, 'then')],
]

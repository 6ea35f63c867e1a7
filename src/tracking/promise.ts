/**
 * Watching a native promise without replacing it, and without changing what happens when nobody handles its rejection.
 *
 * To watch a promise means to call `then` on it, and that alone marks it as handled: an application that forgot to
 * handle a rejection would no longer be told. So the promise gets, until somebody else uses it, a prototype whose
 * `constructor` tells: `await`, `then`, `catch`, `finally`, `Promise.resolve` and the combinators all read `constructor`
 * first (ECMA-262, PromiseResolve and SpeciesConstructor). At that read the promise has its own prototype back. When a
 * rejection comes and nobody has read, the watching promise is rejected too, and the process is told as it would have
 * been. An own `constructor` property would do as well, but V8 then slows every promise of the process down.
 */
const untouchedPrototypes = new WeakMap<object, object>()
const untouched = new WeakSet<object>()
/** Watching promises that were rejected because nobody had used the watched one, until somebody does. */
const unhandled = new WeakMap<object, Promise<unknown>>()
/** To look into a WeakMap is slow, and nearly always there is nothing in it. */
let anyUnhandled = false

const native = Promise.prototype
// oxlint-disable-next-line typescript/unbound-method -- it is called with its promise
const then = native.then

/**
 * Either function is called once, before any other reaction to the promise that is attached later. The subject is handed
 * on to it: functions that stand for all calls cost less than new ones for each.
 */
export function watchPromise<T, S>(
  promise: Promise<T>,
  subject: S,
  onFulfilled: (subject: S, value: T) => void,
  onRejected: (subject: S, reason: unknown) => void,
): void {
  const watching = then.call<Promise<T>, [(value: T) => void, (reason: unknown) => void], Promise<unknown>>(
    promise,
    (value) => {
      onFulfilled(subject, value)
    },
    (reason) => {
      onRejected(subject, reason)
      if (!isUntouched(promise) || unhandled.has(promise)) return
      unhandled.set(promise, watching)
      anyUnhandled = true
      throw reason
    },
  )
  markUntouched(promise)
}

function isUntouched(promise: object): boolean {
  const prototype = Object.getPrototypeOf(promise) as object
  return prototype === untouchedNative || untouched.has(prototype)
}

function markUntouched(promise: object): void {
  const prototype = Object.getPrototypeOf(promise) as object
  // A frozen promise refuses; then a rejection that nobody handles goes unreported, and all else is the same.
  Reflect.setPrototypeOf(
    promise,
    prototype === native ? untouchedNative : (untouchedPrototypes.get(prototype) ?? makeUntouched(prototype)),
  )
}

function makeUntouched(prototype: object): object {
  const made: object = Object.create(prototype, {
    constructor: {
      configurable: true,
      get(this: object): unknown {
        if (this !== made) touch(this, prototype)
        return Reflect.get(prototype, 'constructor', this)
      },
      set(this: object, value: unknown) {
        if (this !== made) touch(this, prototype)
        Reflect.set(prototype, 'constructor', value, this)
      },
    },
  })
  untouchedPrototypes.set(prototype, made)
  untouched.add(made)
  return made
}

/** What nearly every promise gets. */
const untouchedNative = makeUntouched(native)

function touch(promise: object, prototype: object): void {
  Reflect.setPrototypeOf(promise, prototype)
  if (!anyUnhandled) return
  const watching = unhandled.get(promise)
  if (watching === undefined) return
  unhandled.delete(promise)
  void Reflect.apply(then, watching, [undefined, () => {}])
}

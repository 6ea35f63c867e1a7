/** Returns what it is given in place of a new object: a class that extends it gives its private fields to that. */
const Itself = function (target: object): object {
  return target
} as unknown as new (target: object) => object

/** What is known of objects of somebody else's, kept with them and seen by nobody. */
export interface Notes<T> {
  get(object: object | undefined): T | undefined
  set(object: object, note: T): void
}

/**
 * Does what a WeakMap does, for objects that live shortly. A WeakMap, as a Map by id, has to be grown, and looked through
 * by the collector, and what is in it outlives the young generation; a private field dies with its object. It can be
 * given to frozen objects and proxies too, and changes nothing that code can see.
 */
export function newNotes<T>(): Notes<T> {
  class Noted extends Itself {
    #note: T

    private constructor(target: object, note: T) {
      super(target)
      this.#note = note
    }

    static get(object: object | undefined): T | undefined {
      return object !== undefined && #note in object ? object.#note : undefined
    }

    static set(object: object, note: T): void {
      if (#note in object) object.#note = note
      else void new Noted(object, note)
    }
  }
  return Noted
}

/**
 * Remembers keys of two numbers that were written lately. Its size is fixed: a key takes the place of another. It may
 * forget, and never claims what was not added.
 */
export class KeyCache {
  /** The two numbers of a key side by side, in one line of the processor's cache. */
  readonly #keys: Float64Array
  readonly #mask: number

  /** @param bits of the number of places */
  constructor(bits: number) {
    this.#keys = new Float64Array(2 * 2 ** bits).fill(Number.NaN)
    this.#mask = 2 ** bits - 1
  }

  /** Adds a key. @returns whether it was there already */
  add(first: number, second: number): boolean {
    const keys = this.#keys
    const place = 2 * ((mix(first) ^ Math.imul(mix(second), 0x9e3779b1)) & this.#mask)
    if (keys[place] === first && keys[place + 1] === second) return true
    keys[place] = first
    keys[place + 1] = second
    return false
  }

  clear(): void {
    this.#keys.fill(Number.NaN)
  }
}

function mix(value: number): number {
  let bits = (value | 0) ^ Math.imul((value / 4294967296) | 0, 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 16), 0x45d9f3b)
  return bits ^ (bits >>> 15)
}

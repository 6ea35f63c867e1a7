/**
 * Remembers keys of two numbers that were written lately. Its size is fixed: a key takes the place of another. It may
 * forget, and never claims what was not added.
 */
export class KeyCache {
  readonly #first: Float64Array
  readonly #second: Float64Array
  readonly #mask: number

  /** @param bits of the number of places */
  constructor(bits: number) {
    this.#first = new Float64Array(2 ** bits).fill(Number.NaN)
    this.#second = new Float64Array(2 ** bits)
    this.#mask = 2 ** bits - 1
  }

  /** Adds a key. @returns whether it was there already */
  add(first: number, second: number): boolean {
    const place = (mix(first) ^ Math.imul(mix(second), 0x9e3779b1)) & this.#mask
    if (this.#first[place] === first && this.#second[place] === second) return true
    this.#first[place] = first
    this.#second[place] = second
    return false
  }

  clear(): void {
    this.#first.fill(Number.NaN)
  }
}

function mix(value: number): number {
  let bits = (value | 0) ^ Math.imul((value / 4294967296) | 0, 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 16), 0x45d9f3b)
  return bits ^ (bits >>> 15)
}

/** Bytes of an ordinary chunk: some 700 records. */
export const CHUNK_BYTES = 65_536

/** Chunks that wait to be used again; what a burst needed beyond that is given back. */
const MAX_FREE = 8

/** Memory that both threads see, and its views. */
export class Chunk {
  readonly id: number
  readonly memory: SharedArrayBuffer
  readonly ints: Int32Array
  readonly floats: Float64Array
  readonly bytes: Buffer
  /** Regions in it that the store has not let go of. */
  open = 0

  constructor(id: number, size: number) {
    this.id = id
    this.memory = new SharedArrayBuffer(size)
    this.ints = new Int32Array(this.memory)
    this.floats = new Float64Array(this.memory)
    this.bytes = Buffer.from(this.memory)
  }
}

/** Gives chunks out and takes them back. */
export class ChunkPool {
  readonly #free: Chunk[] = []
  #lastId = 0
  /** Chunks that were given back for good since `takeForgotten` was asked; the other thread must drop them too. */
  #forgotten: number[] = []

  /** @param least bytes that it must have */
  take(least: number): Chunk {
    if (least <= CHUNK_BYTES) return this.#free.pop() ?? new Chunk(++this.#lastId, CHUNK_BYTES)
    return new Chunk(++this.#lastId, (least + 4095) & ~4095)
  }

  giveBack(chunk: Chunk): void {
    if (chunk.memory.byteLength === CHUNK_BYTES && this.#free.length < MAX_FREE) this.#free.push(chunk)
    else this.#forgotten.push(chunk.id)
  }

  takeForgotten(): number[] {
    const forgotten = this.#forgotten
    if (forgotten.length > 0) this.#forgotten = []
    return forgotten
  }
}

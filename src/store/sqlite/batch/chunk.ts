/** Bytes of the first chunk: some 700 records. */
const FIRST_BYTES = 65_536

/** Bytes of later ones in a burst: to make a chunk costs much the same whatever its size. */
const MAX_BYTES = 1024 * 1024

/** Bytes of chunks that wait to be used again; what a burst needed beyond that is given back. */
const MAX_FREE_BYTES = 2 * 1024 * 1024

/** Memory that both threads see, and its views. */
export class Chunk {
  readonly id: number
  readonly memory: SharedArrayBuffer
  /** Bytes of it: V8 answers the memory's own `byteLength` by a call into the runtime. */
  readonly size: number
  readonly ints: Int32Array
  readonly floats: Float64Array
  readonly bytes: Buffer
  /** Regions in it that the store has not let go of. */
  open = 0

  constructor(id: number, size: number) {
    this.id = id
    this.size = size
    this.memory = new SharedArrayBuffer(size)
    this.ints = new Int32Array(this.memory)
    this.floats = new Float64Array(this.memory)
    this.bytes = Buffer.from(this.memory)
  }
}

/** Gives chunks out and takes them back. */
export class ChunkPool {
  readonly #free: Chunk[] = []
  #freeBytes = 0
  #lastId = 0
  #nextBytes = FIRST_BYTES
  /** Chunks that were given back for good since `takeForgotten` was asked; the other thread must drop them too. */
  #forgotten: number[] = []

  /** @param least bytes that it must have */
  take(least: number): Chunk {
    const free = this.#free.at(-1)
    if (free !== undefined && free.size >= least) {
      this.#free.pop()
      this.#freeBytes -= free.size
      this.#nextBytes = FIRST_BYTES
      return free
    }
    const bytes = Math.max(this.#nextBytes, (least + 4095) & ~4095)
    this.#nextBytes = Math.min(MAX_BYTES, this.#nextBytes * 2)
    return new Chunk(++this.#lastId, bytes)
  }

  giveBack(chunk: Chunk): void {
    const bytes = chunk.size
    if (this.#freeBytes + bytes > MAX_FREE_BYTES) {
      this.#forgotten.push(chunk.id)
      return
    }
    this.#free.push(chunk)
    this.#freeBytes += bytes
  }

  takeForgotten(): number[] {
    const forgotten = this.#forgotten
    if (forgotten.length > 0) this.#forgotten = []
    return forgotten
  }
}

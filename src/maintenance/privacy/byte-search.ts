import { type FileHandle, open } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { firstBytes } from '../import/pieces.js'
import type { Pattern } from './patterns.js'

const READ_BYTES = 4 * 1024 * 1024

/** Where bytes of somebody are. */
export interface Found {
  readonly path: string
  readonly bytes: number
  /** By encoding, how often. */
  readonly raw: number
  /** How often an id stands between letters or digits: in a longer word, or where a database puts two values side by side. */
  readonly inside: number
  readonly hex: number
  readonly base64: number
}

/**
 * Searches all bytes of a file for any number of patterns in one pass; of a gzip file also what it holds. No connection of
 * this process may be open to a database that is searched: closing a file lets go of its locks.
 */
export async function searchFile(path: string, search: ByteSearch): Promise<Found> {
  const counts = { raw: 0, inside: 0, hex: 0, base64: 0 }
  const take: Listener = (pattern, isInside) => {
    counts[isInside ? 'inside' : pattern.encoding]++
  }
  let bytes = 0
  const handle = await open(path)
  try {
    const window = search.start(take)
    for await (const chunk of chunksOf(handle)) {
      bytes += chunk.length
      window.push(chunk)
    }
    window.end()
  } finally {
    await handle.close()
  }
  const head = await firstBytes(path)
  if (head[0] === 0x1f && head[1] === 0x8b) await searchInside(path, search, take)
  return { path, bytes, ...counts }
}

async function searchInside(path: string, search: ByteSearch, take: Listener): Promise<void> {
  const handle = await open(path)
  const window = search.start(take)
  try {
    // What goes wrong reaches the reader of the last stream.
    const stream = pipeline(handle.createReadStream({ autoClose: false }), createGunzip(), () => {})
    for await (const chunk of stream) window.push(chunk as Buffer)
    window.end()
  } finally {
    await handle.close()
  }
}

async function* chunksOf(handle: FileHandle): AsyncGenerator<Buffer> {
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(READ_BYTES), 0, READ_BYTES, null)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
  }
}

type Listener = (pattern: Pattern, isInside: boolean) => void

/** Bits of the hash of four bytes by which most places of a file are ruled out. */
const HASH_BITS = 20

/** Patterns by their first four bytes. */
export class ByteSearch {
  readonly #byHead = new Map<number, Pattern[]>()
  readonly #mayBegin = new Uint8Array(1 << HASH_BITS)
  readonly #longest: number

  constructor(patterns: readonly Pattern[]) {
    for (const pattern of patterns) {
      const head = pattern.bytes.readUInt32LE(0)
      this.#mayBegin[hashOf(head)] = 1
      this.#byHead.set(head, [...(this.#byHead.get(head) ?? []), pattern])
    }
    this.#longest = Math.max(4, ...patterns.map(({ bytes }) => bytes.length))
  }

  /** A search through pieces that follow each other. */
  start(onFound: Listener): { push: (piece: Buffer) => void; end: () => void } {
    let rest: Buffer = Buffer.alloc(0)
    // The byte before what is searched next, for the question whether a word begins.
    let from = 0
    const scan = (buffer: Buffer, to: number): void => {
      for (let at = from; at < to; at++) {
        const head =
          ((buffer[at] as number) |
            ((buffer[at + 1] as number) << 8) |
            ((buffer[at + 2] as number) << 16) |
            ((buffer[at + 3] as number) << 24)) >>>
          0
        if (this.#mayBegin[hashOf(head)] === 0) continue
        for (const pattern of this.#byHead.get(head) ?? [])
          if (isAt(buffer, at, pattern)) onFound(pattern, isInWord(buffer, at, pattern))
      }
    }
    return {
      push: (piece) => {
        const buffer = Buffer.concat([rest, piece])
        const to = Math.max(from, buffer.length - this.#longest)
        scan(buffer, to)
        const keep = Math.max(0, to - 1)
        rest = buffer.subarray(keep)
        from = to - keep
      },
      end: () => {
        scan(rest, rest.length - 3)
      },
    }
  }
}

function hashOf(head: number): number {
  return Math.imul(head, 0x9e3779b1) >>> (32 - HASH_BITS)
}

function isAt(buffer: Buffer, at: number, { bytes }: Pattern): boolean {
  const end = at + bytes.length
  return end <= buffer.length && buffer.compare(bytes, 0, bytes.length, at, end) === 0
}

function isInWord(buffer: Buffer, at: number, { bytes, isWord }: Pattern): boolean {
  return isWord && (continues(buffer[at - 1], bytes[0]) || continues(buffer[at + bytes.length], bytes.at(-1)))
}

/** Letters and digits continue a word of such. */
function continues(neighbour: number | undefined, edge: number | undefined): boolean {
  return neighbour !== undefined && isWordByte(neighbour) && isWordByte(edge as number)
}

function isWordByte(byte: number): boolean {
  return byte === 95 || (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122)
}

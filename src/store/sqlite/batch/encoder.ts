import { randomFillSync } from 'node:crypto'
import { FeatureCategory, FeatureStatus, type RecordDraft } from '../../../record/index.js'
import type { Chunk } from './chunk.js'
import {
  CATEGORY_CODES,
  FLOAT,
  HEAD,
  HEAD_ADDED,
  HEADER_BYTES,
  MAGIC,
  MAX_BATCH_RECORDS,
  padded,
  RECORD_BYTES,
  RECORD_TAG,
  REF,
  STATUS_CODES,
  TEXT_HEADER_BYTES,
} from './layout.js'

/** Longer texts are encoded by a call into the runtime, which costs less than a loop from there on. */
const LOOPED_LENGTH = 48

const NO_ROOM = -1

/** The code that a record's category and status have; what is neither counts as `other` and `failed`. */
function kindOf(category: string, status: string): number {
  return (CATEGORY_CODES.get(category) ?? 9) | ((STATUS_CODES.get(status) ?? 1) << 8)
}

/** A text and where the batch has it; most calls repeat the last one's name, session and user. */
class LastText {
  text: string | null = null
  ref = 0

  forget(): void {
    this.text = null
  }
}

/** Texts that are remembered of one batch: those of as many features by turns. */
const RECENT = 4

/** The last few texts and where the batch has them. */
class RecentTexts {
  readonly #texts: (string | null)[] = Array.from({ length: RECENT }, () => null)
  readonly #refs = Array.from({ length: RECENT }, () => 0)
  #next = 0

  /** @returns 0 where it is none of them */
  find(text: string): number {
    for (let index = 0; index < RECENT; index++) if (this.#texts[index] === text) return this.#refs[index] as number
    return 0
  }

  keep(text: string, ref: number): void {
    this.#texts[this.#next] = text
    this.#refs[this.#next] = ref
    this.#next = (this.#next + 1) % RECENT
  }

  forget(): void {
    this.#texts.fill(null)
  }
}

/** Writes batches into chunks. Nothing is allocated for a record whose texts repeat. */
export class BatchEncoder {
  #chunk: Chunk | undefined
  #begin = 0
  #end = 0
  #count = 0
  readonly #refs = new Map<string, number>()
  readonly #name = new LastText()
  readonly #session = new LastText()
  readonly #user = new LastText()
  readonly #error = new RecentTexts()
  readonly #metadata = new RecentTexts()
  readonly #seeds = new Int32Array(512)
  #seed = this.#seeds.length
  /** What the last record was; most are what the last one was, and to look codes up costs more than to compare. */
  #category: string = FeatureCategory.OTHER
  #status: string = FeatureStatus.FAILED
  #kind = kindOf(this.#category, this.#status)

  /** Records in the batch that is open. */
  get count(): number {
    return this.#count
  }

  /** Begins a batch. The chunk has `HEADER_BYTES` from there on, at the least. */
  begin(chunk: Chunk, offset: number): void {
    this.#chunk = chunk
    this.#begin = offset
    this.#end = offset + HEADER_BYTES
    this.#count = 0
    this.#refs.clear()
    for (const last of [this.#name, this.#session, this.#user, this.#error, this.#metadata]) last.forget()
  }

  /** Lets go of the chunk: there is no batch to add to any more. */
  leave(): void {
    this.#chunk = undefined
  }

  /**
   * Adds a record to the batch.
   * @returns false where the chunk has no room for it; then the batch is as it was, and should be ended
   */
  add(draft: RecordDraft): boolean {
    const chunk = this.#chunk
    if (chunk === undefined || this.#count >= MAX_BATCH_RECORDS) return false
    const begin = this.#end
    const name = this.#shared(this.#name, draft.featureName)
    const session = this.#shared(this.#session, draft.sessionId)
    const user = draft.userId === null ? 0 : this.#shared(this.#user, draft.userId)
    const error = draft.errorMessage === null ? 0 : this.#recent(this.#error, draft.errorMessage)
    const metadata = draft.metadataText === undefined ? 0 : this.#recent(this.#metadata, draft.metadataText)
    const id = draft.recordId === undefined || draft.isIdDerived === true ? 0 : this.#write(draft.recordId)
    const link = draft.traceId === undefined ? 0 : this.#writePlace(draft)
    const at = this.#end
    // NO_ROOM has all its bits set: one of them is enough.
    if ((name | session | user | error | metadata | id | link) < 0 || at + RECORD_BYTES > chunk.size) {
      this.#end = begin
      return false
    }
    const { ints, floats } = chunk
    const int = at >> 2
    ints[int] = RECORD_TAG
    ints[int + 1] = this.#kindOf(draft)
    const float = at >> 3
    floats[float + FLOAT.start] = draft.startMicros
    floats[float + FLOAT.duration] = draft.duration
    floats[float + FLOAT.end] = draft.endMicros
    floats[float + FLOAT.input] = draft.inputSize
    floats[float + FLOAT.output] = draft.outputSize
    floats[float + FLOAT.efficiency] = draft.efficiencyScore ?? Number.NaN
    floats[float + FLOAT.iterations] = draft.iterations
    ints[int + REF.name] = name
    ints[int + REF.session] = session
    ints[int + REF.user] = user
    ints[int + REF.error] = error
    ints[int + REF.metadata] = metadata
    ints[int + REF.id] = id
    ints[int + REF.link] = link
    ints[int + REF.link + 1] = 0
    this.#end = at + RECORD_BYTES
    this.#count++
    return true
  }

  /**
   * Ends the batch by writing its header.
   * @param seq the number under which it goes to the store's thread
   * @param added how many records have been taken up to its end
   * @returns where it ends in the chunk
   */
  end(seq: number, added: number): number {
    const { ints, floats } = this.#chunk as Chunk
    const head = this.#begin >> 2
    if (this.#seed + 2 > this.#seeds.length) {
      randomFillSync(this.#seeds)
      this.#seed = 0
    }
    ints[head + HEAD.magic] = MAGIC
    ints[head + HEAD.bytes] = this.#end - this.#begin
    ints[head + HEAD.count] = this.#count
    ints[head + HEAD.seq] = seq
    ints[head + HEAD.seedHigh] = this.#seeds[this.#seed++] as number
    ints[head + HEAD.seedLow] = this.#seeds[this.#seed++] as number
    ints[head + 6] = 0
    ints[head + 7] = 0
    floats[(this.#begin >> 3) + HEAD_ADDED] = added
    this.#count = 0
    return this.#end
  }

  #kindOf({ category, status }: RecordDraft): number {
    if (category !== this.#category || status !== this.#status) {
      this.#category = category
      this.#status = status
      this.#kind = kindOf(category, status)
    }
    return this.#kind
  }

  /** A text that may come again at any time in the batch. */
  #shared(last: LastText, text: string): number {
    if (last.text === text) return last.ref
    const ref = this.#refs.get(text) ?? this.#write(text)
    if (ref < 0) return ref
    this.#refs.set(text, ref)
    last.text = text
    last.ref = ref
    return ref
  }

  /** A text that is its record's own, or one of a few: to look for it among all would cost more than it saves. */
  #recent(recent: RecentTexts, text: string): number {
    const known = recent.find(text)
    if (known !== 0) return known
    const ref = this.#write(text)
    if (ref > 0) recent.keep(text, ref)
    return ref
  }

  /**
   * Where a call stands in its trace, id after id. They are not put together first: to read a text that V8 has put
   * together costs more than to write all of them.
   */
  #writePlace({ traceId = '', spanId = '', parentSpanId = '' }: RecordDraft): number {
    const { ints, bytes } = this.#chunk as Chunk
    const begin = this.#end
    const length = traceId.length + spanId.length + parentSpanId.length
    const text = begin + TEXT_HEADER_BYTES
    if (text + padded(length) > bytes.length) return NO_ROOM
    const isAscii =
      writeAscii(bytes, traceId, text) >= 0 &&
      writeAscii(bytes, spanId, text + traceId.length) >= 0 &&
      writeAscii(bytes, parentSpanId, text + traceId.length + spanId.length) >= 0
    if (!isAscii) return 0
    ints[begin >> 2] = length
    ints[(begin >> 2) + 1] = 0
    this.#end = text + padded(length)
    return (begin - this.#begin) >> 3
  }

  #write(text: string): number {
    const { ints, bytes } = this.#chunk as Chunk
    const begin = this.#end
    const room = bytes.length - begin - TEXT_HEADER_BYTES
    if (text.length > room) return NO_ROOM
    let length = text.length <= LOOPED_LENGTH ? writeAscii(bytes, text, begin + TEXT_HEADER_BYTES) : -1
    if (length < 0) {
      if (text.length * 3 > room && Buffer.byteLength(text) > room) return NO_ROOM
      length = bytes.write(text, begin + TEXT_HEADER_BYTES, 'utf8')
    }
    ints[begin >> 2] = length
    ints[(begin >> 2) + 1] = 0
    this.#end = begin + TEXT_HEADER_BYTES + padded(length)
    // The last text may reach the end of a chunk whose size is a multiple of 8, never beyond it.
    return (begin - this.#begin) >> 3
  }
}

/** @returns the length, or -1 where the text is not plain ASCII */
function writeAscii(bytes: Buffer, text: string, at: number): number {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code > 127) return -1
    bytes[at + index] = code
  }
  return text.length
}

/** Bytes that a batch of this one record has at the most. */
export function mostBytes(draft: RecordDraft): number {
  const texts = [
    draft.featureName,
    draft.sessionId,
    draft.userId,
    draft.errorMessage,
    draft.metadataText,
    draft.recordId,
    draft.traceId,
    draft.spanId,
    draft.parentSpanId,
  ]
  let sum = HEADER_BYTES + RECORD_BYTES
  for (const text of texts) if (typeof text === 'string') sum += TEXT_HEADER_BYTES + padded(Buffer.byteLength(text)) + 8
  return sum
}

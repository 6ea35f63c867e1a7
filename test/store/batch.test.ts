import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createRecordId,
  deriveRecordId,
  FEATURE_CATEGORIES,
  FEATURE_STATUSES,
  type RecordDraft,
} from '../../src/record/index.js'
import { Chunk } from '../../src/store/sqlite/batch/chunk.js'
import { BatchReader } from '../../src/store/sqlite/batch/decoder.js'
import { BatchEncoder } from '../../src/store/sqlite/batch/encoder.js'
import { LINK, ROW_WIDTH, type SqlValue } from '../../src/store/sqlite/rows.js'
import { COLUMNS } from '../../src/store/sqlite/schema.js'
import { draft } from '../support/drafts.js'

/** Rows that come of drafts on their way through a batch. */
function through(drafts: readonly RecordDraft[]): SqlValue[][] {
  const chunk = new Chunk(1, 65_536)
  const encoder = new BatchEncoder()
  encoder.begin(chunk, 0)
  for (const one of drafts) expect(encoder.add(one)).toBe(true)
  const { values, refused } = new BatchReader(chunk.bytes.subarray(0, encoder.end(1, drafts.length))).rows()
  expect(refused).toBe(0)
  return Array.from({ length: values.length / ROW_WIDTH }, (_, row) =>
    values.slice(row * ROW_WIDTH, (row + 1) * ROW_WIDTH),
  )
}

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length })
/** Where a row has it. */
const METADATA = COLUMNS.indexOf('metadata')
const startMicros = Date.UTC(2026, 10, 26) * 1000

describe('a record in a batch', () => {
  it('that has the id of its span gets it in the store', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(hex(32), hex(16), fc.option(hex(16), { nil: undefined }), fc.nat()), { minLength: 1 }),
        (spans) => {
          const drafts = spans.map(([traceId, spanId, parentSpanId, after]) => {
            const start = startMicros + after
            const recordId = deriveRecordId(traceId, spanId, start / 1000)
            return draft({ recordId, isIdDerived: true, traceId, spanId, parentSpanId, startMicros: start })
          })
          const rows = through(drafts)
          expect(rows.map((row) => row[0])).toEqual(drafts.map(({ recordId }) => recordId))
          expect(rows.map((row) => row[LINK])).toEqual(
            spans.map(([traceId, spanId, parent = '']) => traceId + spanId + parent),
          )
        },
      ),
    )
  })

  it('keeps its metadata, whether it repeats or not', () => {
    const text = fc.nat({ max: 8 }).map((index) => JSON.stringify({ status: 'ä'.repeat(index) }))
    fc.assert(
      fc.property(fc.array(fc.option(text, { nil: undefined }), { minLength: 1, maxLength: 60 }), (texts) => {
        const rows = through(texts.map((metadataText) => draft({ metadataText })))
        expect(rows.map((row) => row[METADATA])).toEqual(texts.map((one) => one ?? '{}'))
      }),
    )
  })

  it.each([
    ['no digits', 'x'.repeat(32), 'y'.repeat(16)],
    ['no ASCII', 'é'.repeat(32), 'é'.repeat(16)],
    ['digits that are too few', '0af7', 'b7ad'],
  ])('whose ids are %s has no place in a trace, and an id all the same', (_, traceId, spanId) => {
    const odd = draft({ isIdDerived: true, recordId: 'odd', traceId, spanId, startMicros })
    const rows = through([odd, draft({ recordId: 'next' }), odd])
    expect(rows.map((row) => row[LINK])).toEqual([null, null, null])
    expect(rows[0]?.[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(rows[1]?.[0]).toBe('next')
    expect(rows[2]?.[0]).not.toBe(rows[0]?.[0])
  })

  it('keeps its category, status and sizes whatever stood before it', () => {
    const one = fc.record({
      category: fc.constantFrom(...FEATURE_CATEGORIES),
      status: fc.constantFrom(...FEATURE_STATUSES),
      inputSize: fc.nat(),
      featureName: fc.string({ minLength: 1 }),
      userId: fc.option(fc.string()),
    })
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 50 }), (given) => {
        const rows = through(given.map((fields) => draft({ ...fields, recordId: createRecordId() })))
        expect(rows.map((row) => [row[2], row[3], row[7], row[1], row[10]])).toEqual(
          given.map(({ category, status, inputSize, featureName, userId }) => [
            category,
            status,
            inputSize,
            featureName,
            userId,
          ]),
        )
      }),
    )
  })
})

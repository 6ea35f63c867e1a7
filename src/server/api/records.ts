import { z } from '@hono/zod-openapi'
import type { FeatureStoreExplorer, RecordPosition, RowFilter, TracedRecord } from '../../store/index.js'
import type { TraceRecord } from '../contract.js'
import { ApiError } from '../errors.js'
import { callRecord } from '../figures.js'
import { csvOf } from './csv.js'
import { cursorOf, positionOf } from './cursor.js'
import { endpoint, textEndpoint } from './endpoint.js'
import { filterOf, filterParameters, oneOf, parameter, seconds, textParameter, wholeNumber } from './parameters.js'
import * as schemas from './schemas.js'
import { placedInTrace } from './trace.js'

const MAX_PAGE = 1000
const MAX_TRACE = 5000

const rowFilter = {
  ...filterParameters,
  session: textParameter('only calls of this session'),
  trace: parameter((text) => (/^[0-9a-f]{32}$/i.test(text) ? text.toLowerCase() : undefined), '32 hexadecimal digits', {
    description: 'only calls of this trace',
  }),
  min_duration: seconds('took at least so long, in seconds'),
  max_duration: seconds('took less than this, in seconds'),
  error: textParameter('part of the error message, any case'),
  sort: oneOf(['newest', 'slowest'], 'newest (the default) has pages; slowest has one'),
}

const cursor = parameter<RecordPosition>(positionOf, 'the next_cursor of the page before', {
  description: 'where the page begins',
})

export const records = endpoint({
  path: '/api/records',
  summary: 'Calls, page by page.',
  input: z.object({ ...rowFilter, cursor, limit: wholeNumber(1, MAX_PAGE, 100, 'so many records') }),
  answer: schemas.recordPage,
  handle: async ({ store }, input) => {
    const { found, next } = await page(store, rowFilterOf(input), input.sort, input.limit, input.cursor)
    return { items: found.map(callRecord), next_cursor: next === undefined ? null : cursorOf(next) }
  },
})

export const recordsCsv = textEndpoint({
  path: '/api/records.csv',
  summary: 'Calls as CSV with a header line; texts that a spreadsheet would run begin with an apostrophe.',
  input: z.object({ ...rowFilter, cursor, limit: wholeNumber(1, 100_000, 10_000, 'so many records') }),
  answer: z.string(),
  type: 'text/csv',
  handle: async ({ store }, input) => {
    const all: TracedRecord[] = []
    let after = input.cursor
    do {
      const limit = Math.min(MAX_PAGE, input.limit - all.length)
      const { found, next } = await page(store, rowFilterOf(input), input.sort, limit, after)
      all.push(...found)
      after = next
    } while (after !== undefined && all.length < input.limit)
    return {
      text: csvOf(all),
      type: 'text/csv; charset=utf-8',
      headers: { 'content-disposition': 'attachment; filename="records.csv"' },
    }
  },
})

export const record = endpoint({
  path: '/api/records/{record_id}',
  summary: 'One call.',
  input: z.object({ record_id: z.string().min(1) }),
  inPath: ['record_id'],
  answer: schemas.record,
  errors: ['unknown_record'],
  handle: async ({ store }, input) => {
    const id = input.record_id
    const found = await store.getRecord(id)
    if (found === undefined)
      throw new ApiError('unknown_record', `there is no record ${JSON.stringify(id.slice(0, 200))}`)
    const ofTrace =
      found.traceId === null ? [] : (await store.getTrace({ traceId: found.traceId, limit: MAX_TRACE })).records
    return { ...callRecord(found), trace_records: ofTrace.length }
  },
})

export const trace = endpoint({
  path: '/api/traces/{trace_id}',
  summary: 'The calls of one trace, with their parents.',
  input: z.object({ trace_id: z.string().regex(/^[0-9a-f]{32}$/i, '32 hexadecimal digits') }),
  inPath: ['trace_id'],
  answer: schemas.trace,
  errors: ['unknown_trace'],
  handle: async ({ store }, input) => {
    const traceId = input.trace_id.toLowerCase()
    const { records: found, truncated } = await store.getTrace({ traceId, limit: MAX_TRACE })
    const [first] = found
    if (first === undefined)
      throw new ApiError(
        'unknown_trace',
        `no call of trace ${traceId} was recorded`,
        'a call alone in its trace keeps none',
      )
    const placed = placedInTrace(found)
    return { trace_id: traceId, start_time: first.startTime, duration: spanOf(placed), records: placed, truncated }
  },
})

/** Seconds from the first start to the last end. */
function spanOf(placed: readonly TraceRecord[]): number {
  return Math.max(...placed.map(({ offset, duration }) => offset + duration))
}

async function page(
  store: FeatureStoreExplorer,
  asked: RowFilter,
  sort: 'newest' | 'slowest' | undefined,
  limit: number,
  after: RecordPosition | undefined,
): Promise<{ found: TracedRecord[]; next: RecordPosition | undefined }> {
  if (sort === 'slowest') return { found: await store.getSlowest({ ...asked, limit }), next: undefined }
  const { records: found, next } = await store.getRecordPage({ ...asked, limit, after })
  return { found, next }
}

function rowFilterOf(
  input: Parameters<typeof filterOf>[0] & {
    session?: string | undefined
    trace?: string | undefined
    min_duration?: number | undefined
    max_duration?: number | undefined
    error?: string | undefined
  },
): RowFilter {
  return {
    ...filterOf(input),
    sessionId: input.session,
    traceId: input.trace,
    minDuration: input.min_duration,
    maxDuration: input.max_duration,
    errorText: input.error,
  }
}

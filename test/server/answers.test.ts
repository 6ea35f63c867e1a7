import { describe, expect, it } from 'vitest'
import type { FeatureResponse, RecordPage, StatsResponse } from '../../src/server/index.js'
import { record } from '../support/records.js'
import { OpenApi, validate as validDocument } from './openapi.js'
import { addDrafts, api, fileWith, originalFile } from './support.js'
import { draft } from '../support/drafts.js'

const TRACE = 'a'.repeat(31) + '1'
const span = (digit: number): string => `b${String(digit).padStart(15, '0')}`

async function tracedFile(): Promise<string> {
  const path = await fileWith([record({ featureName: 'alone' })])
  const start = Date.UTC(2026, 10, 24, 12) * 1000
  const call = (featureName: string, id: number, parent: number | undefined, at: number, millis: number) =>
    draft({
      featureName,
      startMicros: start + at * 1000,
      endMicros: start + (at + millis) * 1000,
      duration: millis / 1000,
      traceId: TRACE,
      spanId: span(id),
      parentSpanId: parent === undefined ? undefined : span(parent),
    })
  await addDrafts(path, [
    call('leaf', 3, 2, 20, 10),
    call('second', 4, 1, 60, 30),
    call('first', 2, 1, 10, 40),
    call('root', 1, undefined, 0, 100),
    call('orphan', 9, 8, 95, 1),
  ])
  return path
}

/** Requests of every view, with the schema of each answer in the document. */
const QUESTIONS: readonly [path: string, route: string][] = [
  ['/api/stats', '/api/stats'],
  ['/api/stats?since=2026-11-24T00:00:00Z&until=2026-11-26T00:00:00Z', '/api/stats'],
  ['/api/stats?feature=nobody', '/api/stats'],
  ['/api/chart-data', '/api/chart-data'],
  ['/api/chart-data?since=2026-11-24&tz=Asia/Kolkata&limit=3', '/api/chart-data'],
  ['/api/recent-calls?limit=5', '/api/recent-calls'],
  ['/api/feature/hash_text', '/api/feature/{feature_name}'],
  ['/api/feature?feature_name=hash_text&since=2026-11-24&bucket=hour', '/api/feature'],
  ['/api/features?sparkline=true&search=HASH', '/api/features'],
  ['/api/series?bucket=hour', '/api/series'],
  ['/api/series?bucket=minute&since=2026-11-24T16:00:00Z&until=2026-11-24T17:00:00Z', '/api/series'],
  ['/api/series?bucket=day&tz=America/New_York', '/api/series'],
  ['/api/records?limit=7', '/api/records'],
  ['/api/records?sort=slowest&status=failed', '/api/records'],
  ['/api/records?min_duration=0.001&max_duration=10&error=BOOM&session=x', '/api/records'],
  ['/api/query?measure=total_calls', '/api/query'],
  ['/api/query?measure=p95_duration&group_by=feature&bucket=day&limit=3', '/api/query'],
  ['/api/query?measure=users&group_by=category', '/api/query'],
  ['/api/query?measure=failure_count&group_by=status&bucket=hour', '/api/query'],
  ['/api/health', '/api/health'],
  ['/api/widgets', '/api/widgets'],
]

describe('the document', () => {
  let made: OpenApi | undefined
  const document = async (): Promise<OpenApi> =>
    (made ??= new OpenApi(await api('/nowhere/usage.db').json('/api/openapi.json')))

  it('is OpenAPI 3.1 by an independent validator', async () => {
    const openApi = await document()
    expect(await validDocument(openApi.document)).toEqual({ valid: true, errors: undefined })
    expect(openApi.document.openapi).toBe('3.1.0')
  })

  it.each(QUESTIONS)('describes the answer to %s', async (path, route) => {
    const { get } = api(originalFile())
    const response = await get(path)
    expect(response.status).toBe(200)
    const openApi = await document()
    openApi.check(route, '200', await response.json())
  })

  it('describes a record, a trace, and errors', async () => {
    const openApi = await document()
    const { json, get } = api(await tracedFile())
    const { items } = await json<RecordPage>('/api/records?feature=leaf')
    openApi.check('/api/records/{record_id}', '200', await json(`/api/records/${items[0]?.record_id}`))
    openApi.check('/api/traces/{trace_id}', '200', await json(`/api/traces/${TRACE}`))
    for (const path of [
      '/api/records?limit=x',
      '/api/feature/nope',
      '/api/records/nope',
      `/api/traces/${'0'.repeat(32)}`,
      '/api/nope',
    ])
      openApi.check('/api/stats', 'default', await (await get(path)).json())
  })

  it('is asked about every path that it has, but for streams and texts', async () => {
    const openApi = await document()
    const asked = new Set([
      ...QUESTIONS.map(([, route]) => route),
      '/api/records/{record_id}',
      '/api/traces/{trace_id}',
    ])
    const others = ['/api/live', '/metrics', '/api/records.csv', '/api/openapi.json', '/api/login', '/api/logout']
    expect(
      Object.keys(openApi.document.paths)
        .filter((path) => !asked.has(path))
        .toSorted(),
    ).toEqual(others.toSorted())
  })
})

describe('the four documented endpoints', () => {
  it('have the keys of the original, and figures that SQL finds', async () => {
    const { json } = api(originalFile())
    expect(await json('/api/stats')).toMatchObject({
      total_calls: 160,
      success_rate: 75,
      users: expect.any(Number) as number,
    })
    expect(Object.keys(await json<object>('/api/stats'))).toEqual(
      expect.arrayContaining(['total_calls', 'success_rate', 'avg_duration', 'avg_efficiency']),
    )
    const chart = await json<{
      categories: { labels: string[]; data: number[] }
      top_features: { labels: string[]; data: number[] }
    }>('/api/chart-data')
    expect(chart.categories.data.reduce((sum, calls) => sum + calls)).toBe(160)
    expect(chart.top_features.labels[0]).toBe('hash_text')
    expect(chart.top_features.data[0]).toBe(60)
    const recent = await json<object[]>('/api/recent-calls?limit=3')
    expect(recent).toHaveLength(3)
    for (const call of recent)
      expect(Object.keys(call)).toEqual(
        expect.arrayContaining([
          'feature_name',
          'category',
          'status',
          'duration',
          'efficiency_score',
          'start_time',
          'user_id',
          'record_id',
          'trace_id',
        ]),
      )
    const feature = await json<FeatureResponse>('/api/feature/custom_other')
    expect(Object.keys(feature)).toEqual(expect.arrayContaining(['feature_name', 'stats', 'recent_calls']))
    expect(feature.recent_calls.some((call) => call.error_message === 'boom')).toBe(true)
    expect(feature.histogram.reduce((sum, { count }) => sum + count, 0)).toBe(feature.stats.total_calls)
    expect(feature.errors.groups.reduce((sum, { count }) => sum + count, 0)).toBe(
      feature.stats.failure_count + feature.stats.partial_count + feature.stats.timeout_count,
    )
  })

  it('compare with the period of the same length before', async () => {
    const day = 86_400_000
    const at = (days: number) => Date.now() - days * day
    const path = await fileWith([
      ...[0.5, 0.6, 0.7].map((days) => record({ startTime: at(days) })),
      ...[1.1, 1.9].map((days) => record({ startTime: at(days) })),
      record({ startTime: at(2.1) }),
    ])
    const { json } = api(path)
    const stats = await json<StatsResponse>('/api/stats?since=1d')
    expect([stats.total_calls, stats.previous?.total_calls]).toEqual([3, 2])
    expect((await json<StatsResponse>('/api/stats')).previous).toBeNull()
  })

  it('take any name', async () => {
    const names = [
      'größe ✓',
      'a/b//c',
      '%ff',
      '%2e',
      'emoji 🦜',
      ' space ',
      'a?b#c',
      '..',
      '.',
      '../../etc/passwd',
      'x\ny',
      '"\'`',
      '__proto__',
    ]
    const { get, json } = api(await fileWith(names.map((featureName) => record({ featureName }))))
    for (const name of names) {
      const byQuery = await json<FeatureResponse>(`/api/feature?feature_name=${encodeURIComponent(name)}`)
      expect(byQuery).toMatchObject({ feature_name: name, stats: { total_calls: 1 } })
      if (/^\.\.?$/.test(name)) continue
      expect(await json<FeatureResponse>(`/api/feature/${encodeURIComponent(name)}`)).toEqual(byQuery)
    }
    expect((await json<FeatureResponse>('/api/feature/a/b//c')).feature_name).toBe('a/b//c')
    const unknown = await get('/api/feature/nope')
    expect(unknown.status).toBe(404)
    expect(await unknown.json()).toMatchObject({
      error: { code: 'unknown_feature', message: expect.stringContaining('nope') as string },
    })
    expect((await get('/api/feature/%ff')).status).toBe(400)
  })
})

describe('records', () => {
  it('come page by page, each once, the latest first, also with equal starts', async () => {
    const start = Date.UTC(2026, 10, 1)
    const made = Array.from({ length: 250 }, (_, index) => record({ startTime: start + Math.floor(index / 60) * 1000 }))
    const { json } = api(await fileWith(made))
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page: RecordPage = await json(`/api/records?limit=37${cursor === null ? '' : `&cursor=${cursor}`}`)
      seen.push(...page.items.map(({ record_id }) => record_id))
      cursor = page.next_cursor
    } while (cursor !== null)
    const expected = made
      .toSorted((a, b) =>
        a.startTime === b.startTime ? (a.recordId < b.recordId ? 1 : -1) : a.startTime < b.startTime ? 1 : -1,
      )
      .map(({ recordId }) => recordId)
    expect(seen).toEqual(expected)
  })

  it('are CSV with a header, without formulas', async () => {
    const texts = ['=1+1', '+1', '-1', '@x', '\tx', '\rx']
    const { get } = api(
      await fileWith(
        texts.map((text) => record({ featureName: text, status: 'failed', errorMessage: text, userId: text })),
      ),
    )
    const response = await get('/api/records.csv')
    expect(response.headers.get('content-type')).toContain('text/csv')
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="records.csv"')
    const text = await response.text()
    expect(text.split('\n')[0]).toMatch(/^record_id,feature_name,/)
    for (const cell of texts) expect(text).toContain(`'${cell}`)
    expect(text).not.toMatch(/(^|[,"\n])[=+@\t]/)
    console.log(`R32: ${texts.length * 3} cells that begin a formula, all neutralised`)
  })

  it('of a trace know their parents, and come parents first', async () => {
    const { json, get } = api(await tracedFile())
    const trace = await json<{
      records: { feature_name: string; depth: number; offset: number; parent_record_id: string | null }[]
      duration: number
    }>(`/api/traces/${TRACE}`)
    expect(trace.records.map(({ feature_name, depth }) => [feature_name, depth])).toEqual([
      ['root', 0],
      ['first', 1],
      ['leaf', 2],
      ['second', 1],
      ['orphan', 0],
    ])
    expect(trace.duration).toBeCloseTo(0.1, 6)
    expect(trace.records.map(({ offset }) => offset)).toEqual([0, 0.01, 0.02, 0.06, 0.095])
    const { items } = await json<RecordPage>(`/api/records?trace=${TRACE}`)
    expect(items).toHaveLength(5)
    const alone = await json<RecordPage>('/api/records?feature=alone')
    expect(alone.items[0]).toMatchObject({ trace_id: null, span_id: null, parent_span_id: null })
    expect((await get(`/api/traces/${'f'.repeat(32)}`)).status).toBe(404)
  })
})

describe('answers', () => {
  it('have an ETag that saves sending them again, and are compressed', async () => {
    const { get } = api(originalFile())
    const first = await get('/api/recent-calls?limit=100')
    const etag = first.headers.get('etag') as string
    const again = await get('/api/recent-calls?limit=100', { 'if-none-match': etag })
    expect([again.status, await again.text()]).toEqual([304, ''])
    const zipped = await get('/api/recent-calls?limit=100', { 'accept-encoding': 'gzip' })
    expect(zipped.headers.get('content-encoding')).toBe('gzip')
    const text = new Response(zipped.body?.pipeThrough(new DecompressionStream('gzip')))
    expect(await text.json()).toEqual(await first.json())
  })

  it('to bad parameters name them, their values and the remedy', async () => {
    const { get } = api(originalFile())
    const words: Record<string, string> = {
      '/api/records?limit=0': 'limit is "0": give a whole number from 1 to 1000',
      '/api/records?status=bad': 'status is "bad": give one of success, failed, partial, timeout',
      '/api/stats?since=yesterday':
        'since is "yesterday": give an ISO 8601 time such as 2026-11-24T14:55:00Z, or how long ago: 30m, 24h, 7d, 4w',
      '/api/series?tz=Mars/Olympus': 'tz is "Mars/Olympus": give an IANA name such as Europe/Berlin',
      '/api/series?bucket=week': 'bucket is "week": give "minute", "hour" or "day"',
      '/api/records?cursor=abc': 'cursor is "abc": give the next_cursor of the page before',
      '/api/query': 'measure is missing: give one of total_calls',
      '/api/stats?limit=1': 'there is no parameter "limit"',
      '/api/stats?user=a&user=b': 'user is given twice',
    }
    for (const [path, expected] of Object.entries(words)) {
      const response = await get(path)
      expect(response.status, path).toBe(400)
      const { error } = (await response.json()) as { error: { code: string; message: string } }
      expect(error.code).toBe('bad_request')
      expect(error.message).toContain(expected)
    }
  })

  it('say that there is no database, and that health is down', async () => {
    const { get, json } = api('/nowhere/usage.db')
    const response = await get('/api/stats')
    expect([response.status, ((await response.json()) as { error: { code: string } }).error.code]).toEqual([
      503,
      'no_database',
    ])
    expect(await json('/api/health')).toMatchObject({ status: 'down', database: { exists: false, records: null } })
  })

  it('of metrics are the text format of Prometheus', async () => {
    const { get } = api(await fileWith([record({ featureName: 'a"b\\c\nd', duration: 2 })]))
    const text = await (await get('/metrics')).text()
    expect(text).toContain('feature_tracking_calls_total{feature_name="a\\"b\\\\c\\nd",category="other"} 1\n')
    expect(text).toContain('quantile="0.95"} ')
    for (const line of text.trimEnd().split('\n'))
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{.*\})? -?[\d.e+-]+)$/)
  })
})

import { join } from 'node:path'
import { type Attributes, type Context, ROOT_CONTEXT, SpanKind, trace, type Tracer } from '@opentelemetry/api'
import { FeatureSpanProcessor } from '@cloudcurio/feature-tracking/pipeline'
import { childParams, inTempFolder } from '../child.js'
import { countRows } from '../data/raw.js'
import { mainThreadNanos } from '../measure.js'
import { type Host, hostWith, type PromotionTimes, timesOf } from './host.js'

export interface PromotionParams {
  readonly work: WorkName
  /** Spans in one timed run. */
  readonly rounds: number
  readonly runs: number
}

const SIX: Attributes = { a: 'text', b: 'text', c: 1, d: 2, e: 3, f: 0.5 }
const REQUEST: Attributes = {
  'http.request.method': 'GET',
  'url.scheme': 'http',
  'server.address': 'localhost',
  'server.port': 8080,
  'url.path': '/users/42',
  'network.protocol.version': '1.1',
}
const QUERY: Attributes = {
  'db.system.name': 'postgresql',
  'db.namespace': 'shop',
  'server.address': 'localhost',
  'server.port': 5432,
  'db.query.text': 'SELECT * FROM orders WHERE customer = $1',
}

function inner(tracer: Tracer, name: string, kind: SpanKind, attributes: Attributes, around: Context): Context {
  const span = tracer.startSpan(name, { kind, attributes }, around)
  const inside = trace.setSpan(around, span)
  span.end()
  return inside
}

type Work = (host: Host) => { readonly spans: number; readonly records: number; run(): void }

const WORKS = {
  /** Spans that no rule matches, one inside another. */
  other: (host: Host) => {
    const tracer = host.tracer('app')
    return {
      spans: 2,
      records: 0,
      run: () => {
        const span = tracer.startSpan('outer', { attributes: SIX })
        inner(tracer, 'inner', SpanKind.INTERNAL, SIX, trace.setSpan(ROOT_CONTEXT, span))
        span.end()
      },
    }
  },
  /** A request with middleware, work of the application's and a query: eight spans, two records. */
  request: (host: Host) => {
    const [http, express, app, pg] = [
      'instrumentation-http',
      'instrumentation-express',
      'app',
      'instrumentation-pg',
    ].map((name) => host.tracer(name === 'app' ? name : `@opentelemetry/${name}`)) as [Tracer, Tracer, Tracer, Tracer]
    return {
      spans: 8,
      records: 2,
      run: () => {
        const span = http.startSpan('GET', { kind: SpanKind.SERVER, attributes: REQUEST })
        const inside = trace.setSpan(ROOT_CONTEXT, span)
        for (const name of ['query', 'json', 'session'])
          inner(express, name, SpanKind.INTERNAL, { 'express.name': name, 'express.type': 'middleware' }, inside)
        const handler = inner(express, 'handler', SpanKind.INTERNAL, { 'express.type': 'request_handler' }, inside)
        const service = inner(app, 'load', SpanKind.INTERNAL, SIX, handler)
        inner(pg, 'pg.query:SELECT shop', SpanKind.CLIENT, QUERY, service)
        inner(app, 'render', SpanKind.INTERNAL, SIX, handler)
        span.setAttribute('http.response.status_code', 200)
        span.setAttribute('http.route', '/users/:id')
        span.end()
      },
    }
  },
  /** Spans that all become records. */
  promoted: (host: Host) => {
    const tracer = host.tracer('@opentelemetry/instrumentation-pg')
    return {
      spans: 1,
      records: 1,
      run: () => {
        inner(tracer, 'pg.query:SELECT shop', SpanKind.CLIENT, QUERY, ROOT_CONTEXT)
      },
    }
  },
} satisfies Record<string, Work>

export type WorkName = keyof typeof WORKS

/** Spans between two waits for what was handed over. */
const CHUNK = 400

async function timed(host: Host, work: ReturnType<Work>, rounds: number): Promise<number> {
  const chunks = Math.max(1, Math.round(rounds / CHUNK))
  const calls = Math.round(CHUNK / work.spans)
  const start = mainThreadNanos()
  for (let chunk = 0; chunk < chunks; chunk++) {
    for (let call = 0; call < calls; call++) work.run()
    await host.flush()
  }
  return (mainThreadNanos() - start) / (chunks * calls * work.spans)
}

async function main(folder: string): Promise<PromotionTimes> {
  const { work, rounds, runs } = childParams() as PromotionParams
  const dbPath = join(folder, 'promoted.db')
  const hosts = [hostWith([]), hostWith([new FeatureSpanProcessor({ dbPath, promote: 'all' })])] as const
  const works = hosts.map((host) => WORKS[work](host)) as [ReturnType<Work>, ReturnType<Work>]
  const times: [without: number, withUs: number][] = []
  for (let run = -2; run < runs; run++) {
    const pair: [number, number] = [await timed(hosts[0], works[0], rounds), await timed(hosts[1], works[1], rounds)]
    if (run >= 0) times.push(pair)
  }
  await Promise.all(hosts.map((host) => host.shutdown()))
  const calls = (runs + 2) * Math.max(1, Math.round(rounds / CHUNK)) * Math.round(CHUNK / works[1].spans)
  const stored = works[1].records === 0 ? 0 : countRows(dbPath)
  if (stored !== calls * works[1].records) throw new Error(`${stored} of ${calls * works[1].records} spans were stored`)
  return timesOf(times)
}

const answer = await inTempFolder(main)
console.log(`\n${JSON.stringify(answer)}`)
process.exit(0)

import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { featureTracker, trackFeature } from '@cloudcurio/feature-tracking'
import { FeatureSpanProcessor } from '@cloudcurio/feature-tracking/pipeline'
import { childParams, inTempFolder } from '../child.js'
import { countRows } from '../data/raw.js'
import { mainThreadNanos } from '../measure.js'
import { hostWith, type PromotionTimes, timesOf } from './host.js'

export interface HttpParams {
  /** Requests in one timed run. */
  readonly requests: number
  readonly runs: number
  /** Requests a second; 0 is as many as eight connections bring about. */
  readonly rate: number
  /** `promote`: spans of the request become records. `guest`: what answers is a tracked function, in a host that never heard of us. */
  readonly way: 'promote' | 'guest'
}

/** Runs that do not count: it takes some thousands of requests until the code they run is compiled. */
const WARM_UPS = 4

/**
 * Asks from a thread of its own, whose time does not count, for as many answers as it is told to: so many a second,
 * whether they come or not, or always eight at once.
 */
const CLIENT = `
  const http = require('node:http')
  const { parentPort, workerData: { port, rate } } = require('node:worker_threads')
  const agent = new http.Agent({ keepAlive: true, maxSockets: 8 })
  parentPort.on('message', (requests) => {
    const start = performance.now()
    let begun = 0
    let ended = 0
    const next = () => {
      if (begun === requests) return
      begun++
      http.get({ port, agent, path: '/orders/42' }, (response) => {
        response.resume().on('end', () => {
          if (++ended === requests) parentPort.postMessage(response.statusCode)
          else if (rate === 0) next()
        })
      })
    }
    if (rate === 0) {
      for (let at = 0; at < 8; at++) next()
      return
    }
    const timer = setInterval(() => {
      const due = Math.min(requests, Math.floor(((performance.now() - start) * rate) / 1000))
      while (begun < due) next()
      if (begun === requests) clearInterval(timer)
    }, 1)
  })`

interface Order {
  readonly id: number
  readonly lines: readonly { readonly line: number; readonly price: number }[]
}

const load = async (id: number): Promise<Order> => ({
  id,
  lines: Array.from({ length: 10 }, (_, line) => ({ line, price: 9.5 })),
})

/** A server whose HTTP is instrumented, as small as servers are: what more one does makes our share smaller. */
async function listening(): Promise<Served> {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const instrumentation = new HttpInstrumentation()
  const { createServer } = createRequire(import.meta.url)('http') as typeof import('node:http')
  const served = { load, instrumentation, port: 0 }
  const server = createServer((_request, response) => {
    void served.load(42).then((order) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(order))
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  served.port = (server.address() as AddressInfo).port
  return served
}

interface Served {
  /** What answers a request. */
  load(id: number): Promise<Order>
  readonly instrumentation: HttpInstrumentation
  readonly port: number
}

interface Side {
  /** Makes the server one of the two that are compared. */
  use(): void
  flush(): Promise<void>
}

/** The server without the library and with it. */
function sidesOf(served: Served, dbPath: string, way: HttpParams['way']): readonly [without: Side, withUs: Side] {
  const plain = hostWith([])
  if (way === 'promote') {
    const promoting = hostWith([new FeatureSpanProcessor({ dbPath, promote: 'all' })])
    return [plain, promoting].map(({ provider, flush }) => ({
      use: () => served.instrumentation.setTracerProvider(provider),
      flush,
    })) as [Side, Side]
  }
  process.env['FEATURE_TRACKING_DB_PATH'] = dbPath
  served.instrumentation.setTracerProvider(plain.provider)
  trace.setGlobalTracerProvider(plain.provider)
  const tracked = trackFeature('load_order', 'database_operation')(load)
  return [
    { use: () => (served.load = load), flush: plain.flush },
    {
      use: () => (served.load = tracked),
      flush: async () => {
        await plain.flush()
        await featureTracker.flush()
      },
    },
  ]
}

async function main(folder: string): Promise<PromotionTimes> {
  const { requests, runs, rate, way } = childParams() as HttpParams
  const dbPath = join(folder, 'served.db')
  const served = await listening()
  const sides = sidesOf(served, dbPath, way)
  const client = new Worker(CLIENT, { eval: true, workerData: { port: served.port, rate } })
  const timed = async (side: Side): Promise<number> => {
    side.use()
    const start = mainThreadNanos()
    const status = await new Promise((resolve) => {
      client.once('message', resolve)
      client.postMessage(requests)
    })
    await side.flush()
    if (status !== 200) throw new Error(`the server answered ${String(status)}`)
    return (mainThreadNanos() - start) / requests
  }
  const times: [without: number, withUs: number][] = []
  for (let run = -WARM_UPS; run < runs; run++) {
    const pair: [number, number] = [await timed(sides[0]), await timed(sides[1])]
    if (run >= 0) times.push(pair)
  }
  const [stored, made] = [countRows(dbPath), (runs + WARM_UPS) * requests]
  if (stored !== made) throw new Error(`${stored} of ${made} requests were stored`)
  return timesOf(times)
}

const answer = await inTempFolder(main)
console.log(`\n${JSON.stringify(answer)}`)
process.exit(0)

import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { FeatureSpanProcessor } from '@cloudcurio/feature-tracking/pipeline'
import { childParams, inTempFolder } from '../child.js'
import { countRows } from '../data/raw.js'
import { mainThreadNanos } from '../measure.js'
import { hostWith, type PromotionTimes, timesOf } from './host.js'

export interface HttpParams {
  /** Requests in one timed run. */
  readonly requests: number
  readonly runs: number
}

/** Asks from a thread of its own, whose time does not count, for as many answers as it is told to. */
const CLIENT = `
  const http = require('node:http')
  const { parentPort, workerData: port } = require('node:worker_threads')
  const agent = new http.Agent({ keepAlive: true, maxSockets: 8 })
  parentPort.on('message', (requests) => {
    let begun = 0
    let ended = 0
    const next = () => {
      if (begun === requests) return
      begun++
      http.get({ port, agent, path: '/orders/42' }, (response) => {
        response.resume().on('end', () => {
          if (++ended === requests) parentPort.postMessage(response.statusCode)
          else next()
        })
      })
    }
    for (let at = 0; at < 8; at++) next()
  })`

/** A server whose HTTP is instrumented, as small as servers are: what more one does makes our share smaller. */
async function listening(): Promise<{ server: Server; instrumentation: HttpInstrumentation }> {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const instrumentation = new HttpInstrumentation()
  const { createServer } = createRequire(import.meta.url)('http') as typeof import('node:http')
  const order = JSON.stringify({ id: 42, lines: Array.from({ length: 10 }, (_, line) => ({ line, price: 9.5 })) })
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(order)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return { server, instrumentation }
}

async function main(folder: string): Promise<PromotionTimes> {
  const { requests, runs } = childParams() as HttpParams
  const dbPath = join(folder, 'served.db')
  const hosts = [hostWith([]), hostWith([new FeatureSpanProcessor({ dbPath, promote: 'all' })])] as const
  const { server, instrumentation } = await listening()
  const client = new Worker(CLIENT, { eval: true, workerData: (server.address() as AddressInfo).port })
  const timed = async (host: (typeof hosts)[number]): Promise<number> => {
    instrumentation.setTracerProvider(host.provider)
    const start = mainThreadNanos()
    const status = await new Promise((resolve) => {
      client.once('message', resolve)
      client.postMessage(requests)
    })
    await host.flush()
    if (status !== 200) throw new Error(`the server answered ${String(status)}`)
    return (mainThreadNanos() - start) / requests
  }
  const times: [without: number, withUs: number][] = []
  for (let run = -2; run < runs; run++) {
    const pair: [number, number] = [await timed(hosts[0]), await timed(hosts[1])]
    if (run >= 0) times.push(pair)
  }
  await Promise.all(hosts.map((host) => host.shutdown()))
  const stored = countRows(dbPath)
  if (stored !== (runs + 2) * requests) throw new Error(`${stored} of ${(runs + 2) * requests} requests were stored`)
  return timesOf(times)
}

const answer = await inTempFolder(main)
console.log(`\n${JSON.stringify(answer)}`)
process.exit(0)

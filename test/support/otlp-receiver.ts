import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { onTestFinished } from 'vitest'

export interface Received {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingMessage['headers']
  /** Unpacked. */
  readonly body: Buffer
  /** Milliseconds since the epoch. */
  readonly at: number
}

export interface Receiver {
  readonly endpoint: string
  readonly received: Received[]
}

/** Answers one request; `count` is how many came before it. */
type Answer = (response: ServerResponse, count: number) => void

/** A receiver of traces on the loopback address. It answers 200 with an empty message unless told otherwise. */
export async function otlpReceiver(answer: Answer = ok, tls?: ServerOptions): Promise<Receiver> {
  const received: Received[] = []
  const listener: RequestListener = (request, response) => {
    void bodyOf(request).then((body) => {
      const { method, url, headers } = request
      answer(response, received.push({ method, url, headers, body, at: Date.now() }) - 1)
    })
  }
  const server: Server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const scheme = tls === undefined ? 'http' : 'https'
  return { endpoint: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`, received }
}

export const ok: Answer = (response) => response.writeHead(200).end()

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { exportOtlp } from '../../src/maintenance/index.js'
import { copyOfOriginal } from '../support/original.js'

interface Request {
  readonly url: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** A receiver that answers as it is told, then with 200. */
async function receiver(
  ...answers: ((response: ServerResponse) => void)[]
): Promise<{ endpoint: string; requests: Request[] }> {
  const requests: Request[] = []
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      requests.push({ url: request.url, headers: request.headers, body: Buffer.concat(pieces) })
      const answer = answers.shift()
      if (answer === undefined) response.end()
      else answer(response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests }
}

interface JsonSpan {
  traceId: string
  spanId: string
  name: string
  startTimeUnixNano: string
  status: { code: number }
  attributes: { key: string; value: Record<string, unknown> }[]
}

function spansOf(body: Buffer): JsonSpan[] {
  const parsed = JSON.parse(body.toString()) as { resourceSpans: { scopeSpans: { spans: JsonSpan[] }[] }[] }
  return parsed.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
}

describe('export over OTLP', () => {
  it('sends every record as a span, with the same ids each time', async () => {
    const { endpoint, requests } = await receiver()
    const dbPath = copyOfOriginal()
    const options = { dbPath, endpoint, protocol: 'http/json', env: {} } as const
    const report = await exportOtlp(options)
    expect(report).toEqual({ url: `${endpoint}/v1/traces`, rows: 160, withoutTime: 0, rejected: 0 })
    await exportOtlp(options)
    const [first, second] = requests.map(({ body }) => spansOf(body))
    expect(first).toHaveLength(160)
    expect(second).toEqual(first)
    expect(new Set(first?.map(({ spanId }) => spanId)).size).toBe(160)
    const failed = first?.find(({ name }) => name === 'divide' && first !== undefined)
    expect(failed?.traceId).toMatch(/^[0-9a-f]{32}$/)
    expect(failed?.attributes.map(({ key }) => key)).toContain('cloudcurio.feature.record_id')
    expect(first?.filter(({ status }) => status.code === 2).length).toBeGreaterThan(10)
  })

  it('writes protobuf and gzip, and takes the standard variables', async () => {
    const { endpoint, requests } = await receiver()
    const env = {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${endpoint}/custom`,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20b',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    }
    const { rows } = await exportOtlp({ dbPath: copyOfOriginal(), filter: { featureName: 'divide' }, env })
    expect(rows).toBe(40)
    expect(requests).toHaveLength(1)
    expect(requests[0]).toMatchObject({
      url: '/custom',
      headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip', 'x-key': 'a b' },
    })
    expect(gunzipSync(requests[0]?.body as Buffer).includes('cloudcurio.feature.name')).toBe(true)
  })

  it('tries again what may pass, as soon as it is told to', async () => {
    const busy = (response: ServerResponse): void => {
      response.writeHead(503, { 'retry-after': '0' }).end()
    }
    const partial = (response: ServerResponse): void => {
      response.setHeader('content-type', 'application/json')
      response.end('{"partialSuccess":{"rejectedSpans":"3"}}')
    }
    const { endpoint, requests } = await receiver(busy, busy, partial)
    const report = await exportOtlp({ dbPath: copyOfOriginal(), endpoint, protocol: 'http/json', env: {} })
    expect(report).toMatchObject({ rows: 160, rejected: 3 })
    expect(requests).toHaveLength(3)
  })

  it('does not try again what is refused, and names the receiver', async () => {
    const { endpoint, requests } = await receiver((response) => response.writeHead(400).end())
    await expect(exportOtlp({ dbPath: copyOfOriginal(), endpoint, env: {} })).rejects.toThrow(
      `${endpoint}/v1/traces did not take the records: it answered 400`,
    )
    expect(requests).toHaveLength(1)
    await expect(exportOtlp({ dbPath: copyOfOriginal(), endpoint: 'nowhere', env: {} })).rejects.toThrow(
      /the endpoint is/,
    )
  })
})

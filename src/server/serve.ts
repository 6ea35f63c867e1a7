import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolveSettings } from '../config/index.js'
import { IsolatedReader } from '../store/index.js'
import { createApp } from './app.js'
import type { AppOptions } from './options.js'
import { allowedHosts, isLoopback } from './security/host.js'

export interface ServerOptions extends Omit<AppOptions, 'basePath'> {
  /** Default `127.0.0.1`. Any other address than this machine's own needs a token. */
  host?: string | undefined
  /** Default 8081; 0 is any that is free. */
  port?: number | undefined
}

/**
 * - `token_needed`: other machines could reach it
 * - `address_in_use`, `address_refused`: another program has the port, or the system does not give it
 */
export type ServerErrorCode = 'token_needed' | 'address_in_use' | 'address_refused'

/** The server could not be started; the message names the address and what to do. */
export class ServerError extends Error {
  readonly code: ServerErrorCode

  constructor(code: ServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ServerError'
    this.code = code
  }
}

export interface RunningServer {
  /** Where to go with a browser. */
  readonly url: string
  readonly port: number
  /** Ends open streams, then the server and its reader. A second call waits for the first. */
  close(): Promise<void>
}

const DEFAULT_HOST = '127.0.0.1'
const DEFAULT_PORT = 8081

/** A connection has to send its headers within this time; milliseconds. */
const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 20_000
const MAX_HEADER_BYTES = 16_384

/**
 * Serves the dashboard of a file by itself.
 * @throws ServerError, TypeError or RangeError
 */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const { host = DEFAULT_HOST, port = DEFAULT_PORT, ...rest } = options
  if (!isLoopback(host) && options.token === undefined)
    throw new ServerError(
      'token_needed',
      `host is ${host}, which other machines can reach: set a token, or leave the host at ${DEFAULT_HOST}`,
    )
  const dbPath = resolveSettings({ dbPath: options.dbPath }).dbPath
  const reader = new IsolatedReader(dbPath)
  // A child process takes as long to start as the browser to ask.
  reader.prepare()
  const hosts = [...allowedHosts(options.allowedHosts, host)]
  try {
    const app = createApp(reader, { ...rest, dbPath, allowedHosts: hosts })
    const server = createServer(
      {
        headersTimeout: HEADERS_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        connectionsCheckingInterval: 2000,
        maxHeaderSize: MAX_HEADER_BYTES,
      },
      app.handler,
    )
    await listen(server, host, port)
    return running(server, reader, host)
  } catch (error) {
    await reader.close()
    throw error
  }
}

function running(server: Server, reader: IsolatedReader, host: string): RunningServer {
  const { port } = server.address() as AddressInfo
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await Promise.all([closed, reader.close()])
  }
  return { url: `http://${shownHost(host)}:${port}/`, port, close: () => (closing ??= close()) }
}

function shownHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)))
    server.listen(port, host, resolve)
  })
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const options = { cause: error }
  if (error.code === 'EADDRINUSE')
    return new ServerError('address_in_use', `another program listens on ${host}:${port}`, options)
  return new ServerError('address_refused', `cannot listen on ${host}:${port} (${error.message})`, options)
}

import { MaintenanceError } from '../../error.js'

export type OtlpProtocol = 'http/protobuf' | 'http/json'

export interface OtlpSettings {
  readonly url: string
  readonly protocol: OtlpProtocol
  readonly headers: Readonly<Record<string, string>>
  /** Milliseconds for one attempt. */
  readonly timeout: number
  readonly gzip: boolean
}

const DEFAULT_ENDPOINT = 'http://localhost:4318'
const DEFAULT_TIMEOUT_MS = 10_000

/**
 * Where and how to send, after "OTLP exporter configuration": arguments, else the variables for traces, else those for all
 * signals, else the defaults.
 * @throws MaintenanceError where a value is no good
 */
export function otlpSettings(
  given: { endpoint?: string | undefined; protocol?: OtlpProtocol | undefined },
  env: NodeJS.ProcessEnv,
): OtlpSettings {
  const variable = (name: string): string | undefined =>
    [`OTEL_EXPORTER_OTLP_TRACES_${name}`, `OTEL_EXPORTER_OTLP_${name}`]
      .map((key) => env[key]?.trim())
      .find((value) => value)
  const whole = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']?.trim()
  const base = given.endpoint ?? (env['OTEL_EXPORTER_OTLP_ENDPOINT']?.trim() || DEFAULT_ENDPOINT)
  const url = given.endpoint === undefined && whole ? requireUrl(whole) : tracesUrl(requireUrl(base))
  return {
    url: url.href,
    protocol: given.protocol ?? requireProtocol(variable('PROTOCOL')),
    headers: headersOf(variable('HEADERS')),
    timeout: Number(variable('TIMEOUT')) || DEFAULT_TIMEOUT_MS,
    gzip: variable('COMPRESSION') === 'gzip',
  }
}

/** A base gets the path of traces; a path that is there already stays. */
function tracesUrl(url: URL): URL {
  if (!url.pathname.endsWith('/v1/traces')) url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/traces`
  return url
}

function requireUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && ['http:', 'https:'].includes(url.protocol)) return url
  throw new MaintenanceError(
    'endpoint',
    `the endpoint is ${JSON.stringify(text)}`,
    'give an address such as http://localhost:4318',
  )
}

function requireProtocol(text: string | undefined): OtlpProtocol {
  if (text === undefined) return 'http/protobuf'
  if (text === 'http/protobuf' || text === 'http/json') return text
  throw new MaintenanceError(
    'endpoint',
    `the protocol is ${JSON.stringify(text)}`,
    'give --protocol http/protobuf or http/json',
  )
}

/** `name=value,name=value`, percent-encoded. */
function headersOf(text: string | undefined): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const pair of (text ?? '').split(',')) {
    const at = pair.indexOf('=')
    if (at > 0) headers[pair.slice(0, at).trim()] = decode(pair.slice(at + 1).trim())
  }
  return headers
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

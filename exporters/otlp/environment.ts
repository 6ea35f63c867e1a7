import { isTrue, listOf, textOf } from '../../src/config/index.js'

/** How spans are written for the receiver. */
export type OtlpProtocol = 'http/json' | 'http/protobuf'

/** What the standard variables ask for (OpenTelemetry, "OTLP exporter configuration" and "SDK configuration"). */
export type OtlpRequest =
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'send'; readonly protocol: OtlpProtocol }

type Environment = NodeJS.ProcessEnv

/** Whether the environment asks for traces over OTLP, well or badly. */
export function otlpConfigured(environment: Environment = process.env): boolean {
  return otlpRequest(environment).kind !== 'none'
}

/** Where the environment sends traces, without credentials and query; undefined where it names no place. */
export function otlpEndpoint(environment: Environment = process.env): string | undefined {
  const named = endpointVariable(environment)
  if (named === undefined) return undefined
  const text = textOf(environment[named])
  if (!URL.canParse(text)) return text
  const { protocol, host, pathname } = new URL(text)
  return `${protocol}//${host}${pathname}`
}

/**
 * What the environment asks for. Naming an endpoint is asking, and so is `OTEL_TRACES_EXPORTER=otlp`; where that
 * variable names other exporters only, or `OTEL_SDK_DISABLED` is true, nothing is sent.
 */
export function otlpRequest(environment: Environment): OtlpRequest {
  const named = endpointVariable(environment)
  const exporters = listOf(environment['OTEL_TRACES_EXPORTER'])
  const asks = exporters.length === 0 ? named !== undefined : exporters.includes('otlp')
  if (!asks || exporters.includes('none') || isTrue(environment['OTEL_SDK_DISABLED'])) return { kind: 'none' }
  if (named !== undefined && !isHttpUrl(textOf(environment[named])))
    return {
      kind: 'refused',
      reason: `${named} is ${JSON.stringify(environment[named])}: give a URL such as http://localhost:4318`,
    }
  return protocolOf(environment)
}

function protocolOf(environment: Environment): OtlpRequest {
  const variable = ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'].find(
    (name) => textOf(environment[name]) !== '',
  )
  const protocol = variable === undefined ? 'http/protobuf' : textOf(environment[variable])
  if (protocol === 'http/json' || protocol === 'http/protobuf') return { kind: 'send', protocol }
  const port = protocol === 'grpc' ? ', and as endpoint the HTTP port of the receiver, which is 4318 with most' : ''
  return {
    kind: 'refused',
    reason: `${variable} is ${JSON.stringify(protocol)}, which is not supported: give http/protobuf or http/json${port}`,
  }
}

/** The more special variable goes first. */
function endpointVariable(environment: Environment): string | undefined {
  return ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'].find(
    (name) => textOf(environment[name]) !== '',
  )
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}

import { createRequire } from 'node:module'
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base'

/** The standard variables that name where traces go (OpenTelemetry, "OTLP exporter configuration"). */
const ENDPOINT_VARIABLES = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const

/** Whether the environment names an OTLP endpoint for traces. */
export function otlpConfigured(environment: NodeJS.ProcessEnv = process.env): boolean {
  return ENDPOINT_VARIABLES.some((name) => (environment[name] ?? '').trim() !== '')
}

/** Where the environment sends traces, without credentials and query; undefined where it names no place. */
export function otlpEndpoint(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  for (const name of ENDPOINT_VARIABLES) {
    const text = (environment[name] ?? '').trim()
    if (text === '') continue
    if (!URL.canParse(text)) return text
    const { protocol, host, pathname } = new URL(text)
    return `${protocol}//${host}${pathname}`
  }
  return undefined
}

/**
 * A processor that sends spans over OTLP/HTTP as the standard variables say, or undefined when they name no endpoint;
 * then nothing is loaded and no connection opened. It runs beside the SQLite path and never holds it up.
 */
export function createOtlpProcessor(): SpanProcessor | undefined {
  if (!otlpConfigured()) return undefined
  const require = createRequire(import.meta.url)
  const { BatchSpanProcessor } =
    require('@opentelemetry/sdk-trace-base') as typeof import('@opentelemetry/sdk-trace-base')
  const { OTLPTraceExporter } =
    require('@opentelemetry/exporter-trace-otlp-http') as typeof import('@opentelemetry/exporter-trace-otlp-http')
  return new BatchSpanProcessor(new OTLPTraceExporter())
}

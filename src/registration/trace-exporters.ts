import { createRequire } from 'node:module'
import type { SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace-base'
import { listOf, type Settings } from '../config/index.js'
import { processEvents } from '../health/index.js'
import { otlpProcessor } from '../pipeline/index.js'
import type { Application } from './application.js'

type Sdk = typeof import('@opentelemetry/sdk-trace-base')

const ZIPKIN = '@opentelemetry/exporter-zipkin'

/**
 * Processors for what `OTEL_TRACES_EXPORTER` names, as the SDK would have made them: it makes none where it is given
 * processors. Unlike the SDK, OTLP is not the default: it takes an endpoint or its name in that variable.
 */
export async function traceExporters(
  application: Application,
  settings: Settings,
  environment: NodeJS.ProcessEnv,
): Promise<SpanProcessor[]> {
  const names = new Set(listOf(environment['OTEL_TRACES_EXPORTER']))
  const otlp = otlpProcessor(settings, processEvents)
  const processors: SpanProcessor[] = otlp === undefined ? [] : [otlp]
  if (names.has('none')) return processors
  const { SimpleSpanProcessor, ConsoleSpanExporter, BatchSpanProcessor } = createRequire(import.meta.url)(
    '@opentelemetry/sdk-trace-base',
  ) as Sdk
  for (const name of names)
    if (name === 'console') processors.push(new SimpleSpanProcessor(new ConsoleSpanExporter()))
    else if (name === 'zipkin') {
      const exporter = await zipkin(application)
      if (exporter !== undefined) processors.push(new BatchSpanProcessor(exporter))
    } else if (name !== 'otlp')
      processEvents.count(
        'setting_ignored',
        `OTEL_TRACES_EXPORTER names ${JSON.stringify(name)}: give otlp, console, zipkin or none`,
      )
  return processors
}

async function zipkin(application: Application): Promise<SpanExporter | undefined> {
  const sdk = application.resolve('@opentelemetry/sdk-node')
  const loaded =
    (await application.load<{ ZipkinExporter: new () => SpanExporter }>(ZIPKIN)) ??
    (await application.load<{ ZipkinExporter: new () => SpanExporter }>(ZIPKIN, sdk))
  if (loaded !== undefined) return new loaded.ZipkinExporter()
  processEvents.count('setting_ignored', `OTEL_TRACES_EXPORTER names zipkin: install ${ZIPKIN} in the application`)
  return undefined
}

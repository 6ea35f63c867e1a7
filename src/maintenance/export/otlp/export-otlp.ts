import { createRequire } from 'node:module'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { type RecordFilter, RowSource } from '../../../store/index.js'
import type { ProgressListener } from '../../progress.js'
import { post } from './sender.js'
import { type OtlpProtocol, otlpSettings, type OtlpSettings } from './settings.js'
import { spanOfRow } from './spans.js'

export interface OtlpExportOptions {
  /** Absolute path of the SQLite file. */
  readonly dbPath: string
  readonly filter?: RecordFilter | undefined
  /** The receiver's address, to which `/v1/traces` is added. Default: the `OTEL_EXPORTER_OTLP_*` variables. */
  readonly endpoint?: string | undefined
  readonly protocol?: OtlpProtocol | undefined
  /** Default: the process's. */
  readonly env?: NodeJS.ProcessEnv | undefined
  readonly onProgress?: ProgressListener | undefined
  readonly signal?: AbortSignal | undefined
}

export interface OtlpExportReport {
  readonly url: string
  /** Records that were sent. */
  readonly rows: number
  /** Records whose start is no time: they can be no span. */
  readonly withoutTime: number
  /** Spans that the receiver says it rejected. */
  readonly rejected: number
}

/** Spans of one request. */
const BATCH_SPANS = 512

/**
 * Sends stored records as spans, in batches, to whatever takes OTLP over HTTP. The ids of a record's span are the same each
 * time, so that receivers can tell what they have already.
 * @throws StoreError, MaintenanceError
 */
export async function exportOtlp(options: OtlpExportOptions): Promise<OtlpExportReport> {
  const { dbPath, filter, env = process.env, onProgress, signal } = options
  const settings = otlpSettings(options, env)
  const wire = wireOf(settings.protocol)
  const resource = wire.resource(env['OTEL_SERVICE_NAME']?.trim() || 'feature-tracking')
  const source = new RowSource(dbPath, filter)
  const report = { url: settings.url, rows: 0, withoutTime: 0, rejected: 0 }
  try {
    for (const { content, share } of source.rows()) {
      const spans = content.map((row) => spanOfRow(row, resource)).filter((span) => span !== undefined)
      report.withoutTime += content.length - spans.length
      for (let from = 0; from < spans.length; from += BATCH_SPANS) {
        const batch = spans.slice(from, from + BATCH_SPANS)
        report.rejected += await send(batch, wire, settings, signal)
        report.rows += batch.length
        onProgress?.({ rows: report.rows, share })
      }
    }
    return report
  } finally {
    source.close()
  }
}

/** @returns how many spans the receiver rejected */
async function send(
  spans: ReadableSpan[],
  wire: Wire,
  settings: OtlpSettings,
  signal: AbortSignal | undefined,
): Promise<number> {
  const body = wire.serializer.serializeRequest(spans)
  if (body === undefined) throw new Error('spans could not be written as OTLP')
  const answer = await post(body, settings, signal)
  try {
    return Number(wire.serializer.deserializeResponse(answer).partialSuccess?.rejectedSpans ?? 0)
  } catch {
    // Some receivers answer with a text of their own: the status is what counts.
    return 0
  }
}

type Transformer = typeof import('@opentelemetry/otlp-transformer')

interface Wire {
  readonly serializer: Transformer['JsonTraceSerializer']
  readonly resource: (serviceName: string) => ReadableSpan['resource']
}

/** What writes spans, loaded when it is needed. */
function wireOf(protocol: OtlpProtocol): Wire {
  const require = createRequire(import.meta.url)
  const transformer = require('@opentelemetry/otlp-transformer') as Transformer
  const { resourceFromAttributes } = require('@opentelemetry/resources') as typeof import('@opentelemetry/resources')
  return {
    serializer: protocol === 'http/json' ? transformer.JsonTraceSerializer : transformer.ProtobufTraceSerializer,
    resource: (serviceName) => resourceFromAttributes({ 'service.name': serviceName }),
  }
}

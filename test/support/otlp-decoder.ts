import { fieldsOf } from './protobuf.js'

/** What a backend reads of one span. */
export interface DecodedSpan {
  readonly resource: Readonly<Record<string, unknown>>
  readonly scope: string
  readonly traceId: string
  readonly spanId: string
  /** Empty for a root. */
  readonly parentSpanId: string
  readonly name: string
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number
  readonly startNanos: bigint
  readonly endNanos: bigint
  readonly attributes: Readonly<Record<string, unknown>>
  readonly events: readonly { readonly name: string; readonly attributes: Readonly<Record<string, unknown>> }[]
  /** 0 unset, 1 ok, 2 error. */
  readonly status: { readonly code: number; readonly message: string }
}

/** An ExportTraceServiceRequest in protobuf, read by the field numbers of opentelemetry-proto 1.x, trace.proto. */
export function decodeProtobuf(body: Buffer): DecodedSpan[] {
  return all(body, 1).flatMap((resourceSpans) => {
    const resource = attributesOf(one(resourceSpans, 1), 1)
    return all(resourceSpans, 2).flatMap((scopeSpans) => {
      const scope = text(one(scopeSpans, 1), 1)
      return all(scopeSpans, 2).map((span) => spanOf(span, resource, scope))
    })
  })
}

function spanOf(span: Buffer, resource: DecodedSpan['resource'], scope: string): DecodedSpan {
  const status = one(span, 15)
  return {
    resource,
    scope,
    traceId: one(span, 1).toString('hex'),
    spanId: one(span, 2).toString('hex'),
    parentSpanId: one(span, 4).toString('hex'),
    name: text(span, 5),
    kind: number(span, 6),
    startNanos: one(span, 7).readBigUInt64LE(),
    endNanos: one(span, 8).readBigUInt64LE(),
    attributes: attributesOf(span, 9),
    events: all(span, 11).map((event) => ({ name: text(event, 2), attributes: attributesOf(event, 3) })),
    status: { code: number(status, 3), message: text(status, 2) },
  }
}

function attributesOf(message: Buffer, field: number): Record<string, unknown> {
  return Object.fromEntries(all(message, field).map((pair) => [text(pair, 1), valueOf(one(pair, 2))]))
}

/** An AnyValue: the first field that it has says what it is. */
function valueOf(message: Buffer): unknown {
  const [field, value] = fieldsOf(message)[0] ?? [0, 0n]
  if (typeof value === 'bigint') return field === 2 ? value === 1n : Number(BigInt.asIntN(64, value))
  if (field === 1) return value.toString('utf8')
  if (field === 4) return value.readDoubleLE()
  return field === 5 ? all(value, 1).map(valueOf) : value
}

function all(message: Buffer, field: number): Buffer[] {
  return fieldsOf(message).flatMap(([number_, value]) =>
    number_ === field && typeof value !== 'bigint' ? [value] : [],
  )
}

function one(message: Buffer, field: number): Buffer {
  return all(message, field)[0] ?? Buffer.alloc(0)
}

function text(message: Buffer, field: number): string {
  return one(message, field).toString('utf8')
}

function number(message: Buffer, field: number): number {
  const found = fieldsOf(message).find(([number_]) => number_ === field)?.[1]
  return typeof found === 'bigint' ? Number(found) : 0
}

interface JsonPair {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

interface JsonSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes?: JsonPair[]
  readonly events?: { readonly name: string; readonly attributes?: JsonPair[] }[]
  readonly status?: { readonly code?: number; readonly message?: string }
}

interface JsonRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes?: JsonPair[] }
    readonly scopeSpans: readonly { readonly scope: { readonly name: string }; readonly spans: readonly JsonSpan[] }[]
  }[]
}

/** The same in JSON (OTLP specification, "JSON Protobuf Encoding"). */
export function decodeJson(body: Buffer): DecodedSpan[] {
  const { resourceSpans } = JSON.parse(body.toString('utf8')) as JsonRequest
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => ({
        resource: pairsOf(resource.attributes),
        scope: scope.name,
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId ?? '',
        name: span.name,
        kind: span.kind,
        startNanos: BigInt(span.startTimeUnixNano),
        endNanos: BigInt(span.endTimeUnixNano),
        attributes: pairsOf(span.attributes),
        events: (span.events ?? []).map(({ name, attributes }) => ({ name, attributes: pairsOf(attributes) })),
        status: { code: span.status?.code ?? 0, message: span.status?.message ?? '' },
      })),
    ),
  )
}

function pairsOf(pairs: readonly JsonPair[] = []): Record<string, unknown> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, jsonValueOf(value)]))
}

function jsonValueOf(value: Readonly<Record<string, unknown>>): unknown {
  const [kind, content] = Object.entries(value)[0] ?? ['', undefined]
  if (kind === 'intValue') return Number(content)
  if (kind !== 'arrayValue') return content
  return ((content as { values?: Record<string, unknown>[] }).values ?? []).map(jsonValueOf)
}

/** The spans of a request, by its content type. */
export function decodeOtlp(request: { headers: { 'content-type'?: string | undefined }; body: Buffer }): DecodedSpan[] {
  return request.headers['content-type'] === 'application/json'
    ? decodeJson(request.body)
    : decodeProtobuf(request.body)
}

import {
  type Context,
  context,
  isSpanContextValid,
  type Span,
  SpanKind,
  type SpanOptions,
  trace,
  type Tracer,
} from '@opentelemetry/api'
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { RecordDraft } from '../record/index.js'
import { LATE_SPANS, type LateSpans, type LateSpanStart, SCOPE_NAME } from '../span/index.js'
import { FeatureSpan, type FeatureSpanOwner } from './feature-span.js'
import { FeatureSpanProcessor } from './feature-span-processor.js'

/** Makes the feature spans of our own provider and hands them to its processors when they end. */
export class FeatureTracer implements Tracer, FeatureSpanOwner, LateSpans {
  readonly instrumentationScope: ReadableSpan['instrumentationScope']
  readonly keepsStacks: boolean
  /** This, where nobody but our own processor would see a span. */
  readonly [LATE_SPANS]: LateSpans | undefined
  readonly #processors: readonly SpanProcessor[]
  readonly #direct: FeatureSpanProcessor | undefined
  readonly #resource: () => ReadableSpan['resource']

  /** @param resource is asked for when somebody reads a span's resource */
  constructor(
    processors: readonly SpanProcessor[],
    resource: () => ReadableSpan['resource'],
    version: string | undefined,
  ) {
    this.#processors = processors
    const [first] = processors
    this.#direct =
      processors.length === 1 && first instanceof FeatureSpanProcessor && first.takesDrafts ? first : undefined
    this[LATE_SPANS] = this.#direct === undefined ? undefined : this
    this.#resource = resource
    this.keepsStacks = processors.length > 1
    this.instrumentationScope = { name: SCOPE_NAME, ...(version === undefined ? {} : { version }) }
  }

  get resource(): ReadableSpan['resource'] {
    return this.#resource()
  }

  startSpan(name: string, options: SpanOptions = {}, parent: Context = context.active()): Span {
    const around = options.root === true ? undefined : trace.getSpanContext(parent)
    const span = new FeatureSpan(this, {
      name,
      kind: options.kind ?? SpanKind.INTERNAL,
      attributes: options.attributes,
      links: options.links,
      startTime: options.startTime,
      parent: around !== undefined && isSpanContextValid(around) ? around : undefined,
    })
    for (const processor of this.#processors) processor.onStart(span, parent)
    return span
  }

  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    ...rest: [F] | [SpanOptions, F] | [SpanOptions, Context, F]
  ): ReturnType<F> {
    const fn = rest[rest.length - 1] as (span: Span) => ReturnType<F>
    const options = rest.length > 1 ? (rest[0] as SpanOptions) : {}
    const parent = rest.length > 2 ? (rest[1] as Context) : context.active()
    const span = this.startSpan(name, options, parent)
    return context.with(trace.setSpan(parent, span), fn, undefined, span)
  }

  get takesDrafts(): boolean {
    return this.#direct !== undefined
  }

  startLate({ name, attributes, parent, startMonotonic, startMillis, ended, ids }: LateSpanStart): Span {
    return new FeatureSpan(this, {
      name,
      kind: SpanKind.INTERNAL,
      attributes,
      links: undefined,
      startTime: undefined,
      parent: parent !== undefined && isSpanContextValid(parent) ? parent : undefined,
      began: { monotonic: startMonotonic, millis: startMillis, ended, ids },
    })
  }

  endWithoutSpan(draft: RecordDraft): void {
    this.#direct?.takeDraft(draft)
  }

  ended(span: FeatureSpan): void {
    for (const processor of this.#processors) processor.onEnd(span)
  }
}

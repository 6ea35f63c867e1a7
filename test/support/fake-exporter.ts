import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base'

/** An exporter in memory whose results a test may hold back. */
export class FakeExporter implements SpanExporter {
  readonly batches: ReadableSpan[][] = []
  /** Results that wait to be given, in order. */
  readonly open: (() => void)[] = []
  holds = false
  flushes = 0
  shutdowns = 0

  get names(): string[] {
    return this.batches.flat().map((span) => String(span.attributes['cloudcurio.feature.name']))
  }

  export(spans: ReadableSpan[], resultCallback: (result: { code: 0 }) => void): void {
    this.batches.push([...spans])
    const give = () => {
      resultCallback({ code: 0 })
    }
    if (this.holds) this.open.push(give)
    else give()
  }

  async forceFlush(): Promise<void> {
    this.flushes++
  }

  async shutdown(): Promise<void> {
    this.shutdowns++
  }
}

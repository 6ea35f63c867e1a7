import type { SpanExporter } from '@opentelemetry/sdk-trace-base'

/** What the end of a process asks of a processor. */
export interface EndingProcessor {
  readonly exporter: SpanExporter
  exportWaiting(): void
  forceFlush(): Promise<void>
}

/** An exporter that can be waited for without promises. */
interface DrainingExporter {
  drainSync(timeoutMs: number): boolean
}

/** The longest that `process.exit()` is held up, in milliseconds. */
const EXIT_PATIENCE_MS = 2000

/** Processors that were made and not shut down. */
export const liveProcessors = new Set<EndingProcessor>()

let watching = false

/** From now on, what waits in the processor is stored when the process ends by itself or by `process.exit()`. */
export function watchProcessEnd(processor: EndingProcessor): void {
  liveProcessors.add(processor)
  if (watching) return
  watching = true
  // Natural end: exports hold the process open until they are settled.
  process.on('beforeExit', () => {
    for (const live of liveProcessors) live.exportWaiting()
  })
  // process.exit() and uncaught errors: no promise runs any more, the writer's thread does.
  process.on('exit', () => {
    for (const live of liveProcessors) live.exportWaiting()
    const deadline = Date.now() + EXIT_PATIENCE_MS
    for (const live of liveProcessors)
      if (isDraining(live.exporter)) live.exporter.drainSync(Math.max(0, deadline - Date.now()))
  })
}

/** Spans that wait to be sent elsewhere are sent when the process ends by itself. */
export function flushBeforeExit(processor: { forceFlush(): Promise<void> }): void {
  process.on('beforeExit', () => {
    processor.forceFlush().catch(() => {})
  })
}

function isDraining(exporter: SpanExporter): exporter is SpanExporter & DrainingExporter {
  return typeof (exporter as Partial<DrainingExporter>).drainSync === 'function'
}

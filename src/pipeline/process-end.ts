import { isMainThread } from 'node:worker_threads'
import type { SpanExporter } from '@opentelemetry/sdk-trace-base'
import { liveExporters, liveOtlpProcessors } from '../../exporters/index.js'
import { onSignals } from './signals.js'

/** What the end of a process asks of a processor. */
export interface EndingProcessor {
  readonly exporter: SpanExporter
  /** Seconds for which the end of the process may be held up. */
  readonly exitTimeout: number
  /** Whether there is something that was not flushed. */
  readonly hasNews: boolean
  exportWaiting(): void
  forceFlush(): Promise<void>
}

/** An exporter that can be waited for without promises. */
interface DrainingExporter {
  drainSync(timeoutMs: number): boolean
}

/** Seconds for which `process.exit()` is held up at the most, unless an option says otherwise. */
export const EXIT_TIMEOUT = 2

/** @throws TypeError */
export function requireExitTimeout(seconds: number): number {
  if (typeof seconds === 'number' && seconds >= 0) return seconds
  throw new TypeError(`exitTimeout is ${String(seconds)}: give a number of seconds, 0 or more`)
}

/** Processors that were made and not shut down. */
export const liveProcessors = new Set<EndingProcessor>()

/** Called first at the end of the process, for calls that are still open. */
const beforeEnd = new Set<() => void>()

let watching = false

/** From now on, what waits in the processor is stored when the process ends, however it ends short of `kill -9`. */
export function watchProcessEnd(processor: EndingProcessor): void {
  liveProcessors.add(processor)
  watchEnd()
}

/** From now on, what live processors of either kind have waiting is stored and sent when the process ends. */
export function watchEnd(): void {
  if (watching) return
  watching = true
  // Natural end: a flush holds the process open until everything is stored.
  process.on('beforeExit', () => {
    for (const live of liveProcessors) if (live.hasNews) live.forceFlush().catch(() => {})
    for (const live of liveOtlpProcessors) if (live.hasNews) live.flushBeforeEnd().catch(() => {})
  })
  // process.exit() and uncaught errors: no promise runs any more, the writer's thread does.
  process.on('exit', finish)
  if (isMainThread) onSignals(sendWaiting, finish)
}

/** @returns takes it back */
export function beforeProcessEnd(work: () => void): () => void {
  beforeEnd.add(work)
  return () => beforeEnd.delete(work)
}

function sendWaiting(): void {
  for (const live of liveProcessors) live.exportWaiting()
  for (const live of liveOtlpProcessors) live.sendWaiting()
}

/** Stores all there is, then sends it, and blocks until that is done or the time is up. */
function finish(): void {
  for (const work of beforeEnd) work()
  sendWaiting()
  const timeouts = [...liveProcessors, ...liveOtlpProcessors].map(({ exitTimeout }) => exitTimeout)
  const timeout = timeouts.length === 0 ? EXIT_TIMEOUT : Math.max(...timeouts)
  const deadline = Date.now() + timeout * 1000
  const exporters = new Set<SpanExporter>([...[...liveProcessors].map(({ exporter }) => exporter), ...liveExporters])
  for (const exporter of exporters) if (isDraining(exporter)) exporter.drainSync(Math.max(0, deadline - Date.now()))
  for (const live of liveOtlpProcessors) live.drainSync(Math.max(0, deadline - Date.now()))
}

function isDraining(exporter: SpanExporter): exporter is SpanExporter & DrainingExporter {
  return typeof (exporter as Partial<DrainingExporter>).drainSync === 'function'
}

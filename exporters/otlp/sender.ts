import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { describeError, type EventCounter } from '../../src/health/index.js'
import type { OtlpProtocol } from './environment.js'
import type { OtlpBatch, OtlpReport, OtlpThreadData } from './protocol.js'

/** The thread and what it has not answered for yet. */
interface Running {
  readonly worker: Worker
  readonly settled: Int32Array
  /** How many spans each batch has that is under way. */
  readonly underWay: Map<number, number>
  sent: number
}

/**
 * Hands batches to a thread that sends them. The thread is started with the first batch. It holds nobody up: connecting,
 * compressing and trying again happen there, the process may end while it works, and at the end it can be waited for
 * without promises.
 */
export class OtlpSender {
  readonly #protocol: OtlpProtocol
  readonly #events: EventCounter
  readonly #environment: NodeJS.ProcessEnv
  #running: Running | undefined
  #underWay = 0
  #holders = 0
  #whenIdle: (() => void)[] = []

  /** @param environment holds the standard variables; the thread reads endpoint, headers and all the others there */
  constructor(protocol: OtlpProtocol, events: EventCounter, environment: NodeJS.ProcessEnv) {
    this.#protocol = protocol
    this.#events = events
    this.#environment = environment
  }

  /** Spans that were handed over, and are neither delivered nor given up. */
  get underWay(): number {
    return this.#underWay
  }

  /** Starts the thread, which takes longer than a short program may last. */
  warmUp(): void {
    try {
      this.#running ??= this.#start()
    } catch {
      // The first batch will find the same, and counts it.
    }
  }

  /** @param spans how many spans the body has */
  send(body: Uint8Array, spans: number): void {
    try {
      const running = (this.#running ??= this.#start())
      const batch: OtlpBatch = { id: running.sent, body }
      running.worker.postMessage(batch)
      running.sent++
      running.underWay.set(batch.id, spans)
      this.#underWay += spans
    } catch (error) {
      this.#lost(spans, describeError(error))
    }
  }

  /** Resolves when nothing is under way; until then the process stays open. */
  async idle(): Promise<void> {
    if (this.#underWay === 0) return
    this.#hold(1)
    await new Promise<void>((resolve) => this.#whenIdle.push(resolve))
    this.#hold(-1)
  }

  /** Lets the process end whatever is under way. @returns whether nothing is */
  release(): boolean {
    this.#running?.worker.unref()
    return this.#underWay === 0
  }

  /** Blocks until everything that was handed over is delivered or given up. @returns false when the time was too short */
  drainSync(timeoutMs: number): boolean {
    const running = this.#running
    if (running === undefined) return true
    const end = Date.now() + timeoutMs
    for (;;) {
      const settled = Atomics.load(running.settled, 0)
      const left = end - Date.now()
      if (settled >= running.sent) return true
      if (left <= 0) return false
      Atomics.wait(running.settled, 0, settled, left)
    }
  }

  /** Lets go of the thread; what is under way is given up. */
  async stop(): Promise<void> {
    const worker = this.#running?.worker
    this.#ended(this.#running, 'it took longer than the time that is left at the end')
    await worker?.terminate()
  }

  #start(): Running {
    const settled = new SharedArrayBuffer(4)
    const data: OtlpThreadData = { protocol: this.#protocol, settled }
    const worker = new Worker(workerUrl(), {
      workerData: data,
      name: 'feature-tracking-otlp',
      // Nothing of the application's start-up may run in here: --import and --require would load it again.
      execArgv: [],
      env: { ...this.#environment, NODE_OPTIONS: '' },
    })
    const running: Running = { worker, settled: new Int32Array(settled), underWay: new Map(), sent: 0 }
    worker.on('message', (report: OtlpReport) => {
      this.#take(running, report)
    })
    worker.on('error', (error) => {
      this.#ended(running, describeError(error))
    })
    worker.on('exit', () => {
      this.#ended(running, 'the sending thread ended')
    })
    if (this.#holders === 0) worker.unref()
    return running
  }

  #take(running: Running, report: OtlpReport): void {
    if ('warning' in report) {
      this.#events.count('setting_ignored', `OTLP: ${report.warning}`, 1, report.warning)
      return
    }
    const spans = running.underWay.get(report.id)
    if (spans === undefined) return
    running.underWay.delete(report.id)
    if (report.error !== undefined) this.#lost(spans, report.error)
    else if (report.rejected !== undefined) this.#refused(report.rejected, report.reason ?? '')
    this.#settle(spans)
  }

  #refused(spans: number, reason: string): void {
    const why = reason === '' ? 'without a reason' : `with the reason ${JSON.stringify(reason)}`
    if (spans > 0)
      this.#events.count('otlp_rejected', `the OTLP receiver refused ${spans} spans of a batch ${why}`, spans)
  }

  #lost(spans: number, reason: string): void {
    this.#events.count(
      'otlp_failed',
      `spans could not be sent over OTLP: ${reason}. The records in the file are not affected.`,
      spans,
    )
  }

  /** The thread is no more; the next batch starts another. */
  #ended(running: Running | undefined, reason: string): void {
    if (running === undefined) return
    if (this.#running === running) this.#running = undefined
    for (const spans of running.underWay.values()) {
      this.#lost(spans, reason)
      this.#settle(spans)
    }
    running.underWay.clear()
  }

  #settle(spans: number): void {
    this.#underWay -= spans
    if (this.#underWay > 0) return
    for (const resolve of this.#whenIdle.splice(0)) resolve()
  }

  #hold(change: 1 | -1): void {
    this.#holders += change
    if (this.#holders > 0) this.#running?.worker.ref()
    else this.#running?.worker.unref()
  }
}

/** The built worker, found through the package's own `imports`: the same from the sources in tests and from `dist/`. */
function workerUrl(): URL {
  return pathToFileURL(createRequire(import.meta.url).resolve('#otlp-worker'))
}

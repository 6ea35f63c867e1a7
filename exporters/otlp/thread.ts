import { createRequire } from 'node:module'
import type { MessagePort } from 'node:worker_threads'
import { diag, DiagLogLevel } from '@opentelemetry/api'
import { describeError } from '../../src/health/index.js'
import type { OtlpBatch, OtlpReport, OtlpThreadData } from './protocol.js'

const require = createRequire(import.meta.url)

type NodeHttp = typeof import('@opentelemetry/otlp-exporter-base/node-http')
type Delegate = ReturnType<NodeHttp['createOtlpHttpExportDelegate']>

/** What became of a batch. */
type Outcome = Omit<Extract<OtlpReport, { id: number }>, 'id'>

/** Names this exporter to the SDK's delegate, which has it in metrics that nobody reads here. */
const COMPONENT = 'otlp_http_span_exporter'

/** Beyond its own time limit a batch may take this many times as long, since the SDK starts a try just before it. */
const PATIENCE = 2

/**
 * The sending thread: OpenTelemetry's own OTLP/HTTP exporter with its endpoint, headers, compression, certificates, time
 * limit and retries, as the standard variables say. What is added around it: partial successes are reported, and a
 * receiver that answers byte by byte, which outlasts the exporter's limit on silence, is hung up on.
 */
export class OtlpThread {
  readonly #port: MessagePort
  readonly #settled: Int32Array
  readonly #delegate: Delegate
  readonly #patienceMs: number
  readonly #agents = new Set<{ destroy(): void }>()
  #refusal: Outcome | undefined

  constructor(port: MessagePort, data: OtlpThreadData) {
    this.#port = port
    this.#settled = new Int32Array(data.settled)
    this.#tellWarnings()
    const { createOtlpHttpExportDelegate, convertLegacyHttpOptions } =
      require('@opentelemetry/otlp-exporter-base/node-http') as NodeHttp
    const contentType = data.protocol === 'http/json' ? 'application/json' : 'application/x-protobuf'
    const options = convertLegacyHttpOptions({}, 'TRACES', 'v1/traces', { 'Content-Type': contentType })
    this.#patienceMs = options.timeoutMillis * PATIENCE
    const watched = { ...options, agentFactory: this.#watchAgents(options.agentFactory) }
    const metrics = { name: 'span', countItems: () => 0 } as const
    this.#delegate = createOtlpHttpExportDelegate(
      watched,
      this.#serializer(data),
      COMPONENT,
      metrics,
      undefined,
    ) as Delegate
  }

  start(): void {
    this.#port.on('message', (batch: OtlpBatch) => {
      void this.#send(batch)
    })
  }

  async #send({ id, body }: OtlpBatch): Promise<void> {
    let outcome: Outcome
    try {
      outcome = await this.#deliver(body)
    } catch (thrown) {
      outcome = { error: describeError(thrown) }
    }
    this.#report({ id, ...outcome })
    Atomics.add(this.#settled, 0, 1)
    Atomics.notify(this.#settled, 0)
  }

  #deliver(body: Uint8Array): Promise<Outcome> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        for (const agent of this.#agents) agent.destroy()
        resolve({ error: `no whole answer within ${this.#patienceMs} ms` })
      }, this.#patienceMs)
      this.#delegate.export(body, ({ code, error }) => {
        clearTimeout(timer)
        resolve(code === 0 ? this.#takeRefusal() : { error: describeFailure(error) })
      })
    })
  }

  /** Hands bodies on as they come, and looks at the answers. */
  #serializer({ protocol }: OtlpThreadData) {
    const transformer = require('@opentelemetry/otlp-transformer') as typeof import('@opentelemetry/otlp-transformer')
    const inner = protocol === 'http/json' ? transformer.JsonTraceSerializer : transformer.ProtobufTraceSerializer
    return {
      serializeRequest: (body: Uint8Array) => body,
      deserializeResponse: (data: Uint8Array) => {
        const response = data.length === 0 ? {} : inner.deserializeResponse(data)
        const partial = response.partialSuccess
        const rejected = Number(partial?.rejectedSpans ?? 0)
        const reason = partial?.errorMessage ?? ''
        if (rejected > 0 || reason !== '') this.#refusal = { rejected, reason }
        return {}
      },
    }
  }

  /** The delegate reads an answer and calls back in one go, so that no other answer comes in between. */
  #takeRefusal(): Outcome {
    const refusal = this.#refusal
    this.#refusal = undefined
    return refusal ?? {}
  }

  #watchAgents<F extends (protocol: string) => unknown>(factory: F): F {
    return (async (protocol: string) => {
      const agent = (await factory(protocol)) as { destroy(): void }
      this.#agents.add(agent)
      return agent
    }) as unknown as F
  }

  /** What the exporter finds wrong with the variables it says through `diag`, which has no ear in this thread. */
  #tellWarnings(): void {
    const tell = (message: string, ...rest: unknown[]): void => {
      this.#report({ warning: [message, ...rest.map(String)].join(' ') })
    }
    const silent = (): void => {}
    diag.setLogger({ error: tell, warn: tell, info: silent, debug: silent, verbose: silent }, DiagLogLevel.WARN)
  }

  #report(report: OtlpReport): void {
    this.#port.postMessage(report)
  }
}

function describeFailure(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code
  const text = error === undefined ? 'the receiver could not be reached' : describeError(error)
  return typeof code === 'number' ? `${code} ${text}` : text
}

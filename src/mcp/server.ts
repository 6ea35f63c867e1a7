import { type Context, context, type Link, SpanKind, trace } from '@opentelemetry/api'
import { types } from 'node:util'
import { describeError } from '../health/index.js'
import { FeatureCategory, FeatureStatus, ownData, sizeOf } from '../record/index.js'
import { extractTrace } from '../span/index.js'
import { type ActiveFeature, hasSession, setIdentity, type TrackOptions } from '../tracking/index.js'
import { attributesOf, metadataOf, peerOf, transportName } from './describe.js'
import { classifyResult, codeOf } from './outcome.js'
import { isTrackedMethod, readRequest, type ReadRequest } from './request.js'
import { targetOf } from './target.js'
import type { LowLevelServer, McpHandler, McpRequest, McpTracker, McpTrackOptions } from './types.js'

type Handlers = Map<string, McpHandler>

/** Servers that are tracked, and how that ends. */
const tracked = new WeakMap<object, () => void>()

/**
 * Tracks the tool, resource and prompt calls of a server of the official SDK. The place where the server looks up the
 * handler of a request gives one that is tracked: so it does not matter when and how handlers are registered, and what
 * the SDK itself answers, such as a refused argument, counts too.
 *
 * @returns ends the tracking. A server that is tracked already stays as it is
 * @throws TypeError when it is no such server
 */
export function trackServer(server: unknown, options: McpTrackOptions, tracker: McpTracker): () => void {
  const { high, low, handlers } = partsOf(server)
  const before = tracked.get(low)
  if (before !== undefined) return before
  const calls = new ServerCalls(low, high, options, tracker)
  const original = Object.getOwnPropertyDescriptor(handlers, 'get')
  const lookUp = handlers.get.bind(handlers)
  const get = (method: string): McpHandler | undefined => calls.handlerOf(method, lookUp(method))
  Object.defineProperty(handlers, 'get', { configurable: true, writable: true, value: get })
  const end = (): void => {
    tracked.delete(low)
    if (ownData(handlers, 'get') !== get) calls.stop() // Somebody else has wrapped ours.
    else if (original === undefined) Reflect.deleteProperty(handlers, 'get')
    else Object.defineProperty(handlers, 'get', original)
  }
  tracked.set(low, end)
  return end
}

function partsOf(server: unknown): { high: object | undefined; low: LowLevelServer; handlers: Handlers } {
  if (typeof server === 'object' && server !== null && !types.isProxy(server)) {
    const inner = ownData(server, 'server')
    const low = typeof inner === 'object' && inner !== null ? inner : server
    const handlers = ownData(low, '_requestHandlers')
    if (handlers instanceof Map)
      return { high: low === server ? undefined : server, low, handlers: handlers as Handlers }
  }
  throw new TypeError(
    `trackMcpServer was given ${server === null ? 'null' : typeof server === 'object' ? 'another object' : typeof server}: give an McpServer or Server of @modelcontextprotocol/server (2.x) or @modelcontextprotocol/sdk (1.x)`,
  )
}

/** The requests of one server. */
class ServerCalls {
  readonly #low: LowLevelServer
  readonly #high: object | undefined
  readonly #options: McpTrackOptions
  readonly #tracker: McpTracker
  #negotiated: string | undefined
  #isOn = true

  constructor(low: LowLevelServer, high: object | undefined, options: McpTrackOptions, tracker: McpTracker) {
    this.#low = low
    this.#high = high
    this.#options = options
    this.#tracker = tracker
  }

  stop(): void {
    this.#isOn = false
  }

  /** What answers a request in place of its handler. */
  handlerOf(method: string, handler: McpHandler | undefined): McpHandler | undefined {
    if (!this.#isOn) return handler
    if (method === 'initialize' && handler !== undefined && this.#low.getNegotiatedProtocolVersion === undefined)
      return (request, extra) => this.#negotiate(handler(request, extra))
    if (!isTrackedMethod(method)) return handler
    const fallback = this.#low.fallbackRequestHandler
    const answer = handler ?? (fallback && ((request, extra) => Reflect.apply(fallback, this.#low, [request, extra])))
    return answer && ((request, extra) => this.#call(method, answer, request, extra))
  }

  /** Version 1 tells the client which version of the protocol they speak, and does not keep it. */
  #negotiate(result: unknown): unknown {
    if (types.isPromise(result))
      result.then(
        (value) => {
          const version = (value as { protocolVersion?: unknown } | undefined)?.protocolVersion
          if (typeof version === 'string') this.#negotiated = version
        },
        () => {},
      )
    return result
  }

  #call(method: McpRequest['method'], answer: McpHandler, request: unknown, extra: unknown): unknown {
    if (!this.#tracker.isEnabled()) return answer(request, extra)
    let plan: CallPlan
    try {
      this.#tracker.prepare()
      plan = this.#plan(readRequest(method, request, extra))
    } catch (error) {
      this.#tracker.failed(() => `a call of ${method} could not be tracked: ${describeError(error)}`)
      return answer(request, extra)
    }
    return context.with(plan.within, () =>
      this.#tracker.withFeature(plan.options, (feature) => {
        feature.setSizes({ input: plan.inputSize })
        return observed(feature, plan.within, () => answer(request, extra))
      }),
    )
  }

  #plan(read: ReadRequest): CallPlan {
    const target = targetOf(read, this.#high)
    const peer = peerOf(this.#low, this.#negotiated)
    const around = context.active()
    const { within, links } = continued(around, read)
    const { userId, metadata } = this.#options
    const { sessionId } = read
    return {
      within: sessionId === undefined || hasSession(within) ? within : setIdentity(within, { sessionId }),
      inputSize: sizeOf(read.params['arguments'] ?? read.params['uri']),
      options: {
        featureName: target === undefined ? read.method : `${read.method} ${target}`,
        category: FeatureCategory.MCP_SERVER,
        userId: userId && (() => userId(read)),
        metadata: () => ({ ...metadataOf(peer), ...metadata?.(read) }),
        output: sizeOf,
        classify: (result) => classifyResult(result, read.signal),
        span: {
          kind: SpanKind.SERVER,
          attributes: attributesOf(read, target, peer, transportName(this.#low.transport)),
          links,
        },
      },
    }
  }
}

interface CallPlan {
  readonly within: Context
  /** Bytes. */
  readonly inputSize: number
  readonly options: TrackOptions
}

/** The client's trace goes on; that of the transport around it is linked (semantic conventions for MCP). */
function continued(around: Context, { meta }: ReadRequest): { within: Context; links: Link[] } {
  const within = extractTrace(around, meta)
  const [ambient, parent] = [trace.getSpanContext(around), trace.getSpanContext(within)]
  return { within, links: ambient !== undefined && parent?.spanId !== ambient.spanId ? [{ context: ambient }] : [] }
}

/** Notes the code of an error before the call ends; the error goes its way. */
function observed(feature: ActiveFeature, around: Context, answer: () => unknown): unknown {
  const span = trace.getActiveSpan()
  const own = span === trace.getSpan(around) ? undefined : span
  const note = (error: unknown): void => {
    const code = codeOf(error)
    if (code === undefined) return
    feature.setStatus(FeatureStatus.FAILED, undefined, code)
    own?.setAttribute('rpc.response.status_code', code)
  }
  let result: unknown
  try {
    result = answer()
  } catch (error) {
    note(error)
    throw error
  }
  if (types.isPromise(result)) result.then(undefined, note)
  return result
}

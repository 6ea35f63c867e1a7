import type { ActiveFeature, TrackOptions } from '../tracking/index.js'

/** A request that a client made of an MCP server. */
export interface McpRequest {
  readonly method: 'tools/call' | 'resources/read' | 'prompts/get'
  /** As they came over the wire. */
  readonly params: Readonly<Record<string, unknown>>
  /** The transport's session, where it has one. */
  readonly sessionId: string | undefined
  /** What the transport knows of the caller's authorisation: the SDK's `AuthInfo`. */
  readonly authInfo: Readonly<Record<string, unknown>> | undefined
}

export interface McpTrackOptions {
  /** Who calls; becomes a pseudonym unless anonymisation is off. Default: what `withUser` says around the transport. */
  userId?: ((request: McpRequest) => string | number | undefined) | undefined
  /** Kept with the record, besides the client's name and version and the protocol's version. */
  metadata?: ((request: McpRequest) => Readonly<Record<string, unknown>> | undefined) | undefined
}

/** What this room needs of a tracker. */
export interface McpTracker {
  isEnabled(): boolean
  /** Makes sure that contexts follow the application through its async calls. */
  prepare(): void
  withFeature<R>(options: TrackOptions, work: (feature: ActiveFeature) => R): R
  /** Counts that something went wrong here. */
  failed(detail: () => string): void
}

/** A request handler of the SDK, as it stores it: the request as it came, and what belongs to it. */
export type McpHandler = (request: unknown, extra: unknown) => unknown

/** The members of the SDK's `Server`, version 1 and 2, that are used here. */
export interface LowLevelServer {
  readonly transport?: unknown
  fallbackRequestHandler?: McpHandler
  getClientVersion?(): { name?: unknown; version?: unknown } | undefined
  /** Version 2. */
  getNegotiatedProtocolVersion?(): string | undefined
}

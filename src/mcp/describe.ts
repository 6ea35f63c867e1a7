import type { Attributes } from '@opentelemetry/api'
import { shorten } from '../record/index.js'
import type { ReadRequest } from './request.js'
import type { LowLevelServer } from './types.js'

const MAX_LENGTH = 256

/** The client and the protocol, as far as the server knows them. */
export interface Peer {
  readonly clientName: string | undefined
  readonly clientVersion: string | undefined
  readonly protocolVersion: string | undefined
}

/** @param negotiated the version that the handshake gave, where the server does not keep it */
export function peerOf(server: LowLevelServer, negotiated: string | undefined): Peer {
  const client = server.getClientVersion?.()
  return {
    clientName: textOf(client?.name),
    clientVersion: textOf(client?.version),
    protocolVersion: textOf(server.getNegotiatedProtocolVersion?.()) ?? negotiated,
  }
}

/** Metadata of the record. */
export function metadataOf({ clientName, clientVersion, protocolVersion }: Peer): Record<string, string> {
  return {
    ...(clientName !== undefined && { mcp_client_name: clientName }),
    ...(clientVersion !== undefined && { mcp_client_version: clientVersion }),
    ...(protocolVersion !== undefined && { mcp_protocol_version: protocolVersion }),
  }
}

/**
 * Attributes of the span (OpenTelemetry, semantic conventions for MCP, server). `mcp.resource.uri` is left out: it is
 * an argument.
 */
export function attributesOf(
  request: ReadRequest,
  target: string | undefined,
  peer: Peer,
  transport: string,
): Attributes {
  const { method, requestId, sessionId } = request
  return {
    'mcp.method.name': method,
    ...(method === 'tools/call' && { 'gen_ai.operation.name': 'execute_tool' }),
    ...(method === 'tools/call' && target !== undefined && { 'gen_ai.tool.name': target }),
    ...(method === 'prompts/get' && target !== undefined && { 'gen_ai.prompt.name': target }),
    ...(requestId !== undefined && { 'jsonrpc.request.id': shorten(requestId, MAX_LENGTH) }),
    ...(sessionId !== undefined && { 'mcp.session.id': shorten(sessionId, MAX_LENGTH) }),
    ...(peer.protocolVersion !== undefined && { 'mcp.protocol.version': peer.protocolVersion }),
    ...(request.isHttp && { 'network.transport': 'tcp', 'network.protocol.name': 'http' }),
    ...(transport.startsWith('Stdio') && { 'network.transport': 'pipe' }),
  }
}

/** The name of a transport's class. */
export function transportName(transport: unknown): string {
  if (typeof transport !== 'object' || transport === null) return ''
  const name: unknown = (transport.constructor as { name?: unknown } | undefined)?.name
  return typeof name === 'string' ? name : ''
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? shorten(value, MAX_LENGTH) : undefined
}

import { FeatureStatus } from '../../record/index.js'
import type { SpanFacts } from '../readable-span.js'
import { wasCutShort } from './built-in/gen-ai.js'
import { STATUS_CODE } from './built-in/http.js'
import { RPC_STATUS } from './built-in/rpc.js'
import { numberOf, valueOf } from './reading.js'

/** HTTP: Request Timeout, Gateway Timeout. */
const HTTP_TIMEOUTS = new Set([408, 504])
/** gRPC: DEADLINE_EXCEEDED, as a number or by name. */
const RPC_TIMEOUTS = new Set<unknown>([4, '4', 'DEADLINE_EXCEEDED', 'deadline_exceeded'])

/** What the attributes of a protocol say of how a span ended, where its status and error do not. */
export function statusOfProtocol(span: SpanFacts): FeatureStatus | undefined {
  const { attributes } = span
  if (HTTP_TIMEOUTS.has(numberOf(attributes, STATUS_CODE) ?? 0)) return FeatureStatus.TIMEOUT
  if (RPC_TIMEOUTS.has(valueOf(attributes, RPC_STATUS))) return FeatureStatus.TIMEOUT
  const exitCode = numberOf(attributes, ['process.exit.code'])
  return exitCode !== undefined && exitCode !== 0 ? FeatureStatus.FAILED : undefined
}

/** What went wrong, as a protocol says it in numbers. */
export function errorOfProtocol({ attributes }: SpanFacts): string | undefined {
  const [status, exitCode] = [numberOf(attributes, STATUS_CODE), numberOf(attributes, ['process.exit.code'])]
  if (status !== undefined && status >= 400) return `HTTP ${status}`
  if (exitCode !== undefined && exitCode !== 0) return `exit code ${exitCode}`
  const code = valueOf(attributes, RPC_STATUS)
  return typeof code === 'string' || (typeof code === 'number' && code !== 0) ? `RPC status ${code}` : undefined
}

/** Whether a span that ended well did only a part of what it was to do. */
export function endedInPart(span: SpanFacts): boolean {
  return wasCutShort(span)
}

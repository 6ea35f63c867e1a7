import { FeatureStatus, shorten } from '../record/index.js'
import type { Classification } from '../tracking/index.js'

const MAX_MESSAGE_LENGTH = 1024

/** How a request counts by its result. A tool that fails answers with a result that says so. */
export function classifyResult(result: unknown, signal: AbortSignal | undefined): Classification {
  if (signal?.aborted === true) return { status: FeatureStatus.PARTIAL, errorMessage: 'cancelled by the client' }
  const { isError, resultType, content } = (result ?? {}) as Record<string, unknown>
  if (isError === true)
    return { status: FeatureStatus.FAILED, errorMessage: firstText(content), errorType: 'tool_error' }
  if (resultType === 'input_required')
    return { status: FeatureStatus.PARTIAL, errorMessage: 'asked the client for more input' }
  return undefined
}

function firstText(content: unknown): string {
  const items: readonly unknown[] = Array.isArray(content) ? content : []
  for (const item of items) {
    const text = (item as { text?: unknown } | null)?.text
    if (typeof text === 'string') return shorten(text, MAX_MESSAGE_LENGTH)
  }
  return ''
}

/** The JSON-RPC code that an error of the SDK has: the client gets it. */
export function codeOf(error: unknown): string | undefined {
  const code: unknown = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined
  return Number.isSafeInteger(code) ? String(code) : undefined
}

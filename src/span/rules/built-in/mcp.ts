import { FeatureCategory } from '../../../record/index.js'
import type { SpanFacts } from '../../readable-span.js'
import { type Kept, keep, textOf, words } from '../reading.js'
import type { BuiltIn } from './built-in.js'

/** openllmetry's instrumentation sets no `mcp.*`: its spans are named `<tool>.tool` and `<method>.mcp`. */
const TRACELOOP = '@traceloop/instrumentation-mcp'
const TRACELOOP_NAME = /^(.+)\.(tool|mcp)$/

const METHOD = ['mcp.method.name', 'mcp.method']
const TOOL = ['gen_ai.tool.name', 'mcp.tool.name', 'mcp.request.tool.name']
const PROMPT = ['gen_ai.prompt.name', 'mcp.prompt.name']

const KEPT: Kept = [
  ['mcp.protocol.version'],
  ['gen_ai.tool.name', ...TOOL.slice(1)],
  ['gen_ai.prompt.name', 'mcp.prompt.name'],
  ['network.transport', 'mcp.transport'],
  ['rpc.response.status_code', 'rpc.jsonrpc.error_code'],
]

/** Calls between clients and servers of the Model Context Protocol. */
export const mcp: BuiltIn = {
  set: 'mcp',
  looksFor: `mcp.method.name, and is not of ${TRACELOOP}`,
  marks: { attributes: METHOD, scope: TRACELOOP },
  matches: (name, _kind, attributes, scope) =>
    typeof attributes['mcp.method.name'] === 'string' ||
    typeof attributes['mcp.method'] === 'string' ||
    (scope === TRACELOOP && TRACELOOP_NAME.test(name)),
  mayMatch: (name, _kind, attributes) =>
    attributes['mcp.method.name'] !== undefined || attributes['mcp.method'] !== undefined || TRACELOOP_NAME.test(name),
  featureName: (span) => words(methodOf(span), subjectOf(span)),
  category: () => FeatureCategory.MCP_SERVER,
  layer: () => 'mcp',
  details(span) {
    const tool = methodOf(span) === 'tools/call' ? subjectOf(span) : undefined
    return {
      metadata: {
        'mcp.method.name': methodOf(span),
        ...keep(span.attributes, KEPT),
        ...(tool === undefined ? {} : { 'gen_ai.tool.name': tool }),
      },
    }
  },
}

function methodOf({ name, attributes }: SpanFacts): string {
  const method = textOf(attributes, METHOD)
  if (method !== undefined) return method
  const [, subject, kind] = TRACELOOP_NAME.exec(name) as unknown as [string, string, string]
  return kind === 'tool' ? 'tools/call' : subject
}

/** The tool or prompt; a resource's URI differs from one to the next, and is no part of a name. */
function subjectOf(span: SpanFacts): string | undefined {
  const { name, attributes } = span
  const method = methodOf(span)
  if (method === 'prompts/get') return textOf(attributes, PROMPT)
  if (method !== 'tools/call') return undefined
  return textOf(attributes, TOOL) ?? TRACELOOP_NAME.exec(name)?.[1]
}

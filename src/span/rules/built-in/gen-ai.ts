import { FeatureCategory } from '../../../record/index.js'
import type { SpanFacts } from '../../readable-span.js'
import { type Kept, keep, textOf, words } from '../reading.js'
import type { Layer, SpanAttributes } from '../rule.js'
import type { BuiltIn } from './built-in.js'

/** Semantic conventions, registry/attributes/gen-ai; older names after today's, then those of single libraries. */
const OPERATION = ['gen_ai.operation.name']
const PROVIDER = ['gen_ai.provider.name', 'gen_ai.system', 'ai.model.provider', 'llm.provider', 'llm.system']
const MODEL = ['gen_ai.request.model', 'ai.model.id', 'llm.request.model', 'llm.model_name', 'gen_ai.response.model']
const AGENT = ['gen_ai.agent.name', 'traceloop.entity.name', 'agent.name']
const TOOL = ['gen_ai.tool.name', 'ai.toolCall.name', 'tool.name', 'traceloop.entity.name']
const WORKFLOW = ['gen_ai.workflow.name', 'traceloop.entity.name', 'traceloop.workflow.name']

const KEPT: Kept = [
  ['gen_ai.operation.name'],
  ['gen_ai.provider.name', ...PROVIDER.slice(1)],
  ['gen_ai.request.model', 'ai.model.id', 'llm.request.model', 'llm.model_name'],
  ['gen_ai.response.model', 'ai.response.model'],
  [
    'gen_ai.usage.input_tokens',
    'gen_ai.usage.prompt_tokens',
    'ai.usage.inputTokens',
    'ai.usage.promptTokens',
    'ai.usage.tokens',
    'llm.token_count.prompt',
  ],
  [
    'gen_ai.usage.output_tokens',
    'gen_ai.usage.completion_tokens',
    'ai.usage.outputTokens',
    'ai.usage.completionTokens',
    'llm.token_count.completion',
  ],
  ['gen_ai.usage.cache_read.input_tokens', 'gen_ai.usage.cache_read_input_tokens', 'ai.usage.cachedInputTokens'],
  ['gen_ai.usage.reasoning.output_tokens', 'ai.usage.reasoningTokens'],
  ['gen_ai.agent.name'],
  ['gen_ai.tool.name', 'ai.toolCall.name'],
  ['gen_ai.workflow.name'],
  ['gen_ai.conversation.id'],
]

const FINISH_REASONS = ['gen_ai.response.finish_reasons', 'ai.response.finishReason', 'gen_ai.response.finish_reason']

/** What `operationOf` looks at. */
const MARKS = [
  ...OPERATION,
  'traceloop.span.kind',
  'openinference.span.kind',
  'ai.operationId',
  'llm.request.type',
  'gen_ai.provider.name',
  'gen_ai.system',
]

/** Operations of older instrumentation, by the attribute that names them. */
const BY_OPERATION_ID: ReadonlyMap<string, string> = new Map([
  ['ai.toolCall', 'execute_tool'],
  ['ai.embed', 'embeddings'],
  ['ai.embed.doEmbed', 'embeddings'],
  ['ai.embedMany', 'embeddings'],
  ['ai.embedMany.doEmbed', 'embeddings'],
  ['ai.rerank', 'rerank'],
  ['ai.rerank.doRerank', 'rerank'],
])
const BY_REQUEST_TYPE: ReadonlyMap<string, string> = new Map([
  ['chat', 'chat'],
  ['completion', 'text_completion'],
  ['embedding', 'embeddings'],
  ['rerank', 'rerank'],
])
const BY_SPAN_KIND: ReadonlyMap<string, string> = new Map([
  ['workflow', 'invoke_workflow'],
  ['agent', 'invoke_agent'],
  ['tool', 'execute_tool'],
  ['LLM', 'chat'],
  ['AGENT', 'invoke_agent'],
  ['TOOL', 'execute_tool'],
  ['EMBEDDING', 'embeddings'],
  ['RERANKER', 'rerank'],
])

const AGENT_OPERATIONS = new Set(['invoke_agent', 'create_agent', 'invoke_workflow', 'execute_tool', 'plan'])

/** Steps of an agent that the Vercel AI SDK shows as operations: what is done in them counts. */
const STEPS = new Set(['agent_step'])

/** Models and agents: OpenTelemetry's conventions, the Vercel AI SDK, openllmetry, OpenInference. */
export const genAi: BuiltIn = {
  set: 'gen_ai',
  looksFor: 'gen_ai.operation.name, gen_ai.provider.name, gen_ai.system, ai.operationId or other mark of a model',
  marks: { attributes: MARKS },
  matches: (_name, _kind, attributes) => {
    const operation = operationOf(attributes)
    return operation !== undefined && !STEPS.has(operation)
  },
  featureName({ attributes }) {
    const operation = operationOf(attributes) as string
    return words(operation, textOf(attributes, subjectOf(operation)))
  },
  category: ({ attributes }) =>
    AGENT_OPERATIONS.has(operationOf(attributes) as string)
      ? FeatureCategory.AGENT_PLATFORM
      : FeatureCategory.AI_PROVIDER,
  layer: ({ attributes }) => layerOf(operationOf(attributes) as string),
  details({ attributes }) {
    const reasons = finishReasonsOf(attributes)
    return {
      metadata: {
        'gen_ai.operation.name': operationOf(attributes),
        ...keep(attributes, KEPT),
        ...(reasons.length === 0 ? {} : { 'gen_ai.response.finish_reasons': reasons }),
      },
    }
  },
}

function subjectOf(operation: string): readonly string[] {
  if (operation === 'invoke_workflow') return WORKFLOW
  if (operation === 'execute_tool') return TOOL
  return AGENT_OPERATIONS.has(operation) ? [...AGENT, ...MODEL] : MODEL
}

function layerOf(operation: string): Layer {
  if (operation === 'execute_tool') return 'tool'
  return AGENT_OPERATIONS.has(operation) ? 'agent' : 'inference'
}

function operationOf(attributes: SpanAttributes): string | undefined {
  const named = textOf(attributes, OPERATION)
  if (named !== undefined) return named
  const kind = attributes['traceloop.span.kind'] ?? attributes['openinference.span.kind']
  const byKind = typeof kind === 'string' ? BY_SPAN_KIND.get(kind) : undefined
  if (byKind !== undefined) return byKind
  const id = attributes['ai.operationId']
  if (typeof id === 'string') return BY_OPERATION_ID.get(id) ?? 'chat'
  const type = attributes['llm.request.type']
  if (typeof type === 'string') return BY_REQUEST_TYPE.get(type) ?? 'chat'
  const hasProvider = attributes['gen_ai.provider.name'] !== undefined || attributes['gen_ai.system'] !== undefined
  return hasProvider ? 'chat' : undefined
}

/** Why the model stopped, as one instrumentation or another says it. */
export function finishReasonsOf(attributes: SpanAttributes): readonly string[] {
  for (const name of FINISH_REASONS) {
    const value = attributes[name]
    if (typeof value === 'string' && value !== '') return reasonsIn(value)
    if (Array.isArray(value)) return value.filter((reason) => typeof reason === 'string')
  }
  const first = attributes['gen_ai.completion.0.finish_reason']
  return typeof first === 'string' && first !== '' ? [first] : NONE
}

const NONE: readonly string[] = []

function reasonsIn(text: string): readonly string[] {
  if (!text.startsWith('[')) return [text]
  try {
    const list = JSON.parse(text) as unknown[]
    return list.filter((reason) => typeof reason === 'string')
  } catch {
    return [text]
  }
}

/** Reasons that say the answer is not whole, in the words of one provider or another. */
const CUT_SHORT = new Set([
  'length',
  'content_filter',
  'max_tokens',
  'max_output_tokens',
  'model_length',
  'safety',
  'recitation',
  'incomplete',
])

/** Whether a model stopped before it had said all. */
export function wasCutShort(span: SpanFacts): boolean {
  return finishReasonsOf(span.attributes).some((reason) => CUT_SHORT.has(reason.toLowerCase().replaceAll('-', '_')))
}

import { SpanKind } from '@opentelemetry/api'
import { ATTR_NAME } from '../attributes.js'
import type { FinishedSpan, SpanFacts } from '../readable-span.js'
import { BUILT_IN_RULES } from './built-in/index.js'
import type { Layer, Nested, Promotion, Rule } from './rule.js'
import type { RuleSet } from './rule-set.js'

/** What frameworks tell about the request that they work on, before its span does: `RPCMetadata` of OpenTelemetry's core. */
export interface RequestMetadata {
  readonly span: object
  readonly route?: string | undefined
}

/** A span and what lies around it, from its start on. */
interface Node {
  readonly span: SpanFacts
  readonly request: RequestMetadata | undefined
  /** Of a span that ended and counts: nothing, since whatever lies inside it names it. */
  around: Node | undefined
  state: 'open' | 'counts' | 'passed over'
}

/** What counts around a span. */
interface Around {
  readonly featureName: string
  readonly layer: Layer | undefined
}

/** What a rule makes of a span, before it is asked for details. */
interface Candidate extends Around {
  readonly rule: Rule
}

/** Why a span that matches a rule becomes no record of its own. */
export type PassedOver = 'ignored' | 'unnamed' | 'part of its parent' | 'excluded'

export type Outcome =
  | { readonly rule: Rule; readonly promotion: Promotion }
  | { readonly rule: Rule; readonly why: PassedOver; readonly parentFeature: string | undefined }
  | undefined

/** Spans of a layer inside one of these layers are how that one's work is done: both are one operation. */
const HOW_IT_IS_DONE: Readonly<Partial<Record<Layer, readonly Layer[]>>> = {
  inference: ['inference'],
  database: ['database'],
  file: ['file'],
  http_server: ['http_server'],
  http_client: ['inference', 'mcp', 'database', 'rpc', 'messaging', 'http_client'],
  rpc: ['inference', 'database', 'messaging', 'rpc'],
}

/** Levels that are looked up; spans do not lie that deep unless something makes them without end. */
const MAX_DEPTH = 100
/** Open requests of this process that a span started by their answer may be found by. */
const MAX_CALLERS = 10_000

/**
 * Decides which spans become records, one span at a time. A span ends before the one around it, so what lies around is
 * judged by what is known of it then. Spans are not kept: each is known as long as the application has hold of it.
 */
export class Promoter {
  readonly #rules: RuleSet
  readonly #isExcluded: (featureName: string) => boolean
  readonly #nodes = new WeakMap<object, Node>()
  /** Open spans that call somebody, by span id: the answer may come from this process, with nothing but the id. */
  readonly #callers = new Map<string, Node>()

  constructor(rules: RuleSet, isExcluded: (featureName: string) => boolean) {
    this.#rules = rules
    this.#isExcluded = isExcluded
  }

  /**
   * Notes where a span begins.
   * @param parent the span around it: as this was given it, or one that is a feature by itself
   * @param parentId the id of the span around it, for one that was told of over the wire
   */
  start(span: FinishedSpan, parent: object | undefined, parentId?: string, request?: RequestMetadata): void {
    const around = this.#nodeOf(parent) ?? (parentId === undefined ? undefined : this.#callers.get(parentId))
    const node: Node = { span, request, around, state: 'open' }
    this.#nodes.set(span, node)
    if (span.kind !== SpanKind.CLIENT && span.kind !== SpanKind.PRODUCER) return
    if (this.#callers.size >= MAX_CALLERS) this.#callers.delete(this.#callers.keys().next().value as string)
    this.#callers.set(span.spanContext().spanId, node)
  }

  /** What becomes of a span that has ended; undefined where no rule matches. */
  end(span: FinishedSpan): Outcome {
    const node = this.#nodes.get(span)
    if (span.kind === SpanKind.CLIENT || span.kind === SpanKind.PRODUCER)
      this.#callers.delete(span.spanContext().spanId)
    const outcome = this.#outcome(span, node)
    if (node === undefined) return outcome
    const counts = (outcome !== undefined && 'promotion' in outcome) || isFeature(span)
    node.state = counts ? 'counts' : 'passed over'
    node.around = counts ? undefined : skipPassedOver(node.around)
    return outcome
  }

  #outcome(span: FinishedSpan, node: Node | undefined): Outcome {
    const rule = this.#rules.find(span)
    if (rule === undefined) return undefined
    const featureName = rule.ignores ? undefined : rule.featureName(span)
    if (featureName === undefined) return { rule, why: rule.ignores ? 'ignored' : 'unnamed', parentFeature: undefined }
    if (this.#isExcluded(featureName)) return { rule, why: 'excluded', parentFeature: undefined }
    const around = node === undefined ? undefined : this.#around(node, 0)
    const parentFeature = around?.featureName
    if (around !== undefined && isPart({ rule, featureName, layer: layerOf(rule, span) }, around))
      return { rule, why: 'part of its parent', parentFeature }
    return { rule, promotion: { featureName, parentFeature, ...rule.details(span) } }
  }

  /** The nearest span around a node that counts, as far as can be told before it has ended. */
  #around(node: Node, depth: number): Around | undefined {
    let above = node.around
    for (let level = depth; above !== undefined && level < MAX_DEPTH; level++, above = above.around) {
      if (above.state === 'passed over') continue
      const found = this.#judge(above, node.request)
      if (found === undefined) continue
      if (above.state === 'counts' || !('rule' in found)) return found
      const outer = this.#around(above, level + 1)
      return outer !== undefined && isPart(found, outer) ? outer : found
    }
    return undefined
  }

  /** What a span counts as by what is known of it now. */
  #judge({ span }: Node, request: RequestMetadata | undefined): Candidate | Around | undefined {
    const own = span.attributes[ATTR_NAME]
    if (typeof own === 'string') return this.#isExcluded(own) ? undefined : { featureName: own, layer: undefined }
    const known = withRoute(span, request)
    const rule = this.#rules.find(known)
    const featureName = rule === undefined || rule.ignores ? undefined : rule.featureName(known)
    if (rule === undefined || featureName === undefined || this.#isExcluded(featureName)) return undefined
    return { rule, featureName, layer: layerOf(rule, known) }
  }

  #nodeOf(parent: object | undefined): Node | undefined {
    if (parent === undefined) return undefined
    const node = this.#nodes.get(parent)
    if (node !== undefined || !isFeature(parent)) return node
    // A feature whose span was made late: no processor heard of its start.
    return { span: parent, request: undefined, around: undefined, state: 'counts' }
  }
}

/** A span that ended and does not count leads to what lies around it; so a chain of them never grows. */
function skipPassedOver(node: Node | undefined): Node | undefined {
  return node?.state === 'passed over' ? node.around : node
}

function isFeature(span: object): span is SpanFacts {
  const { attributes } = span as Partial<SpanFacts>
  return typeof attributes?.[ATTR_NAME] === 'string'
}

/** The user's rules do not say what kind of work a span is; the built-in ones know. */
function layerOf(rule: Rule, span: SpanFacts): Layer | undefined {
  return rule.layer(span) ?? BUILT_IN_RULES.find((builtIn) => builtIn.matches(span))?.layer(span)
}

function isPart({ rule, featureName, layer }: Candidate, around: Around): boolean {
  const nested: Nested = rule.nested
  if (nested !== 'once') return nested === 'parent'
  if (featureName === around.featureName) return true
  if (layer === undefined || around.layer === undefined) return false
  return HOW_IT_IS_DONE[layer]?.includes(around.layer) === true
}

/** A request's span learns its route when it ends; the framework has told it by the time that something runs in it. */
function withRoute(span: SpanFacts, request: RequestMetadata | undefined): SpanFacts {
  const isKnown = request?.span !== span || request.route === undefined || span.attributes['http.route'] !== undefined
  if (isKnown) return span
  const { name, kind, attributes, instrumentationScope } = span
  return { name, kind, instrumentationScope, attributes: { ...attributes, 'http.route': request.route } }
}

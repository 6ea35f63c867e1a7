import { type HrTime, SpanKind } from '@opentelemetry/api'
import { ATTR_NAME } from '../attributes.js'
import type { FinishedSpan, SpanFacts } from '../readable-span.js'
import { BUILT_IN_RULES } from './built-in/index.js'
import { newNotes } from '../notes.js'
import type { Layer, Nested, Promotion, PromotionDetails, Rule } from './rule.js'
import type { RuleSet } from './rule-set.js'

/** What frameworks tell about the request that they work on, before its span does: `RPCMetadata` of OpenTelemetry's core. */
export interface RequestMetadata {
  readonly span: object
  readonly route?: string | undefined
}

/** A span and what lies around it, from its start on. */
interface Node {
  /** Until it ends: then no more is kept of it than what it counted as. */
  span: SpanFacts | undefined
  /** What it counted as; undefined while it is open, and where it did not count. */
  counts: Around | undefined
  request: RequestMetadata | undefined
  /** Of a span that counts: nothing, since whatever lies inside it names it. */
  around: Node | undefined
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
/** Of twice as many spans at the most, the latest, it is known what lies around them. */
const GENERATION = 20_000

/** A span as the one around another, as the API has it. */
export interface ParentSpan {
  isRecording?(): boolean
  /** Of spans of the SDK. */
  readonly startTime?: HrTime
}

/** Spans of these kinds tell their ids to others, whose spans may come back into this process without them. */
const TELLING: ReadonlySet<SpanKind> = new Set([SpanKind.CLIENT, SpanKind.PRODUCER])

/**
 * Decides which spans become records, one span at a time. A span ends before the one around it, so what lies around is
 * judged by what is known of it then.
 *
 * What is known of a span is kept with it, and found by the span around another. Where that is not the one of whose start
 * this was told, by its id: spans that may be told of over the wire are kept so, all spans once a host turns out to put
 * spans of its own around those of its SDK, or to give others at their end. Ids are in two generations of which the older
 * is dropped as a whole.
 */
export class Promoter {
  readonly #rules: RuleSet
  readonly #isExcluded: (featureName: string) => boolean
  readonly #generation: number
  readonly #nodes = newNotes<Node>()
  readonly #madeAt = Date.now() / 1000
  #keepsAll: boolean
  #young = new Map<string, Node>()
  #old = new Map<string, Node>()

  /** @param byId so many spans are found by their ids, where spans themselves are not given */
  constructor(rules: RuleSet, isExcluded: (featureName: string) => boolean, byId?: number) {
    this.#rules = rules
    this.#isExcluded = isExcluded
    this.#generation = byId ?? GENERATION
    this.#keepsAll = byId !== undefined
  }

  /**
   * Notes where a span begins.
   * @param parentId the id of the span around it, also of one that was told of over the wire
   * @param parent that span
   */
  start(span: FinishedSpan, parentId: string | undefined, parent?: ParentSpan, request?: RequestMetadata): void {
    const around = parentId === undefined ? undefined : (this.#nodes.get(parent) ?? this.#findParent(parentId, parent))
    const node: Node = { span, counts: undefined, request, around }
    this.#nodes.set(span, node)
    if (this.#keepsAll || TELLING.has(span.kind) || typeof span.attributes[ATTR_NAME] === 'string')
      this.#keep(span.spanContext().spanId, node)
  }

  #findParent(parentId: string, parent: ParentSpan | undefined): Node | undefined {
    const found = this.#find(parentId) ?? featureNode(parent)
    // One that is not recorded is told of to nobody.
    if (found === undefined && parent?.isRecording?.() === true && !this.#isOlder(parent.startTime))
      this.#keepsAll = true
    return found
  }

  /** Whether a span may have begun before this was there to be told of it. */
  #isOlder(startTime: HrTime | undefined): boolean {
    return startTime !== undefined && startTime[0] + startTime[1] / 1e9 < this.#madeAt
  }

  #keep(spanId: string, node: Node): void {
    if (this.#young.size >= this.#generation) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(spanId, node)
  }

  /** Whether it is known that nothing lies around a span: then what becomes of it depends on no other. */
  isOutermost(span: FinishedSpan): boolean {
    const node = this.#nodes.get(span)
    return node !== undefined && node.around === undefined
  }

  /** What becomes of a span that has ended; undefined where no rule matches. */
  end(span: FinishedSpan): Outcome {
    const node = this.#nodes.get(span) ?? this.#find(span.spanContext().spanId)
    const outcome = this.#outcome(span, node)
    if (node === undefined) {
      if (!this.#isOlder(span.startTime)) this.#keepsAll = true
      return outcome
    }
    node.counts = this.#countedAs(span, outcome)
    node.around = node.counts === undefined ? skipPassedOver(node.around) : undefined
    node.span = undefined
    node.request = undefined
    return outcome
  }

  #countedAs(span: FinishedSpan, outcome: Outcome): Around | undefined {
    if (outcome === undefined) return this.#asFeature(span)
    if (!('promotion' in outcome)) return undefined
    return { featureName: outcome.promotion.featureName, layer: layerOf(outcome.rule, span) }
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
    return { rule, promotion: promotionFrom(featureName, parentFeature, rule.details(span)) }
  }

  /** The nearest span around a node that counts, as far as can be told before it has ended. */
  #around(node: Node, depth: number): Around | undefined {
    let above = node.around
    for (let level = depth; above !== undefined && level < MAX_DEPTH; level++, above = above.around) {
      if (above.counts !== undefined) return above.counts
      const found = above.span === undefined ? undefined : this.#judge(above.span, node.request)
      if (found === undefined) continue
      if (!isCandidate(found)) return found
      const outer = this.#around(above, level + 1)
      return outer !== undefined && isPart(found, outer) ? outer : found
    }
    return undefined
  }

  /** What a span counts as by what is known of it now. */
  #judge(span: SpanFacts, request: RequestMetadata | undefined): Candidate | Around | undefined {
    const feature = this.#asFeature(span)
    if (feature !== undefined) return feature
    const known = withRoute(span, request)
    const rule = this.#rules.find(known)
    const featureName = rule === undefined || rule.ignores ? undefined : rule.featureName(known)
    if (rule === undefined || featureName === undefined || this.#isExcluded(featureName)) return undefined
    return { rule, featureName, layer: layerOf(rule, known) }
  }

  #asFeature(span: SpanFacts): Around | undefined {
    const featureName = span.attributes[ATTR_NAME]
    if (typeof featureName !== 'string' || this.#isExcluded(featureName)) return undefined
    return { featureName, layer: undefined }
  }

  #find(spanId: string): Node | undefined {
    return this.#young.get(spanId) ?? this.#old.get(spanId)
  }
}

/** Its properties are written out: to copy those of another object costs as much as to find them. */
function promotionFrom(featureName: string, parentFeature: string | undefined, details: PromotionDetails): Promotion {
  const { category, status, inputSize, outputSize, iterations, user, metadata } = details
  return { featureName, category, status, inputSize, outputSize, iterations, user, metadata, parentFeature }
}

/** A feature whose span was made late: no processor heard of its start. */
function featureNode(parent: object | undefined): Node | undefined {
  const { attributes } = (parent ?? {}) as Partial<SpanFacts>
  if (typeof attributes?.[ATTR_NAME] !== 'string') return undefined
  return { span: parent as SpanFacts, counts: undefined, request: undefined, around: undefined }
}

/** A span that ended and does not count leads to what lies around it; so a chain of them never grows. */
function skipPassedOver(node: Node | undefined): Node | undefined {
  const isPassedOver = node !== undefined && node.span === undefined && node.counts === undefined
  return isPassedOver ? node.around : node
}

/** The user's rules do not say what kind of work a span is; the built-in ones know. */
function layerOf(rule: Rule, span: SpanFacts): Layer | undefined {
  return rule.layer(span) ?? BUILT_IN_RULES.find((builtIn) => builtIn.matches(span))?.layer(span)
}

function isCandidate(found: Candidate | Around): found is Candidate {
  return 'rule' in found
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

import {
  type Attributes,
  type Context,
  type Link,
  type Span,
  type SpanKind,
  trace,
  TraceFlags,
} from '@opentelemetry/api'
import { resolveSettings, type SettingOptions } from '../config/index.js'
import { type EventCounter, processEvents } from '../health/index.js'
import { ATTR_NAME, type RuleSet } from '../span/index.js'
import { ruleSetOf } from './promotion.js'
import { SamplingDecision, type Sampler, type SamplingResult } from './sampling.js'

export interface FeatureSamplerOptions extends Pick<SettingOptions, 'promote' | 'rules'> {
  /** Counts what goes wrong; the default is the counter of the default tracker. */
  events?: EventCounter | undefined
}

/**
 * A sampler that decides as `inner` does, except that a feature span which `inner` would not record is recorded without
 * being sampled: FeatureSpanProcessor sees it, and BatchSpanProcessor exports as many spans as before.
 *
 * Where rules promote other spans, the same holds for each that may come to match one by what is known at its start, and
 * for what lies inside a span that was recorded so, which the promoted spans in there need to find their parents.
 *
 * @param options give the processor's `promote` and `rules` here too; the default is the environment
 * @throws TypeError when an option is bad
 */
export function featureSampler(inner: Sampler, options: FeatureSamplerOptions = {}): Sampler {
  const events = options.events ?? processEvents
  const settings = resolveSettings({ promote: options.promote, rules: options.rules }, process.env, (message) => {
    events.count('setting_ignored', message, 1, message)
  })
  return recordingSampler(inner, settings.enabled ? ruleSetOf(settings, events) : undefined)
}

/** @param rules by which other spans are promoted; undefined for none */
export function recordingSampler(inner: Sampler, rules: RuleSet | undefined): Sampler {
  const isWanted = (parent: Context, name: string, kind: SpanKind, attributes: Attributes): boolean => {
    if (typeof attributes[ATTR_NAME] === 'string') return true
    if (rules === undefined) return false
    return isRecordedOnly(trace.getSpan(parent)) || rules.mayMatch(name, kind, attributes)
  }
  return {
    shouldSample(
      parent: Context,
      traceId: string,
      name: string,
      kind: SpanKind,
      attributes: Attributes,
      links: Link[],
    ): SamplingResult {
      const result = inner.shouldSample(parent, traceId, name, kind, attributes, links)
      const isLost = result.decision === SamplingDecision.NOT_RECORD && isWanted(parent, name, kind, attributes)
      return isLost ? { ...result, decision: SamplingDecision.RECORD } : result
    },
    toString: () => `FeatureSampler{${inner.toString()}}`,
  }
}

/** Whether a span is recorded though it was not sampled. */
function isRecordedOnly(span: Span | undefined): boolean {
  return span !== undefined && span.isRecording() && (span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0
}

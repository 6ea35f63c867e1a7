import { z } from '@hono/zod-openapi'
import type { FeatureSummary } from '../../store/index.js'
import { textEndpoint } from './endpoint.js'

/** Features beyond these would make more time series than a Prometheus server likes. */
const MAX_FEATURES = 200

export const metrics = textEndpoint({
  path: '/metrics',
  summary: 'Figures of the 200 most used features, in the text format of Prometheus 0.0.4.',
  input: z.object({}),
  answer: z.string(),
  type: 'text/plain',
  handle: async ({ store, feed }) => {
    const features = await store.getTopFeatures({ limit: MAX_FEATURES })
    const lines = [
      ...family('calls_total', 'counter', 'Calls.', features, ({ usageCount }) => usageCount),
      ...family('successes_total', 'counter', 'Calls that succeeded.', features, ({ successCount }) => successCount),
      ...durations(features),
      ...family('users', 'gauge', 'Distinct users.', features, ({ users }) => users),
      ...family('efficiency', 'gauge', 'Mean efficiency, 0 to 1.', features, ({ avgEfficiency }) => avgEfficiency),
      ...head('live_clients', 'gauge', 'Open live streams.'),
      `${PREFIX}live_clients ${feed.clients}`,
    ]
    return { text: `${lines.join('\n')}\n`, type: 'text/plain; version=0.0.4; charset=utf-8' }
  },
})

const PREFIX = 'feature_tracking_'

function head(name: string, type: string, help: string): string[] {
  return [`# HELP ${PREFIX}${name} ${help}`, `# TYPE ${PREFIX}${name} ${type}`]
}

function family(
  name: string,
  type: string,
  help: string,
  features: readonly FeatureSummary[],
  value: (feature: FeatureSummary) => number,
): string[] {
  return [
    ...head(name, type, help),
    ...features.map((feature) => `${PREFIX}${name}{${labels(feature)}} ${value(feature)}`),
  ]
}

function durations(features: readonly FeatureSummary[]): string[] {
  const name = 'duration_seconds'
  return [
    ...head(name, 'summary', 'Durations of calls, of all time.'),
    ...features.flatMap((feature) => [
      `${PREFIX}${name}{${labels(feature)},quantile="0.5"} ${feature.p50Duration}`,
      `${PREFIX}${name}{${labels(feature)},quantile="0.95"} ${feature.p95Duration}`,
      `${PREFIX}${name}{${labels(feature)},quantile="0.99"} ${feature.p99Duration}`,
      `${PREFIX}${name}_sum{${labels(feature)}} ${feature.avgDuration * feature.usageCount}`,
      `${PREFIX}${name}_count{${labels(feature)}} ${feature.usageCount}`,
    ]),
  ]
}

function labels({ featureName, category }: FeatureSummary): string {
  return `feature_name="${escaped(featureName)}",category="${category}"`
}

function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`)
}

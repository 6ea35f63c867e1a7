import type { Endpoint } from './endpoint.js'
import { feature, featureByName, features } from './features.js'
import { health } from './health.js'
import { metrics } from './metrics.js'
import { chartData, recentCalls, series, stats } from './overview.js'
import { query } from './query.js'
import { record, records, recordsCsv, trace } from './records.js'

/** Every question that the API answers by GET, in the order in which its document lists them. */
export const ENDPOINTS: readonly Endpoint[] = [
  stats,
  chartData,
  recentCalls,
  feature,
  featureByName,
  features,
  series,
  records,
  recordsCsv,
  record,
  trace,
  query,
  health,
  metrics,
]

import type { FeatureUsageRecord } from '../../record/index.js'
import type { FeatureSummary, UsageStats } from '../../store/index.js'

/** An object as `--json` prints it; its keys in order are the columns of `--csv`. */
export type DataRow = Readonly<Record<string, unknown>>

export const RECORD_KEYS = [
  'id',
  'feature_name',
  'category',
  'status',
  'duration',
  'start_time',
  'end_time',
  'input_size',
  'output_size',
  'metadata',
  'user_id',
  'session_id',
  'error_message',
  'efficiency_score',
  'iterations',
] as const

export function recordRow(record: FeatureUsageRecord): Record<(typeof RECORD_KEYS)[number], unknown> {
  return {
    id: record.recordId,
    feature_name: record.featureName,
    category: record.category,
    status: record.status,
    duration: record.duration,
    start_time: record.startTime,
    end_time: record.endTime,
    input_size: record.inputSize,
    output_size: record.outputSize,
    metadata: record.metadata,
    user_id: record.userId,
    session_id: record.sessionId,
    error_message: record.errorMessage,
    efficiency_score: record.efficiencyScore,
    iterations: record.iterations,
  }
}

export const FEATURE_KEYS = [
  'feature_name',
  'category',
  'usage_count',
  'success_count',
  'success_rate',
  'avg_duration',
  'p50_duration',
  'p95_duration',
  'avg_efficiency',
  'users',
  'last_call',
] as const

export function featureRow(feature: FeatureSummary): Record<(typeof FEATURE_KEYS)[number], unknown> {
  return {
    feature_name: feature.featureName,
    category: feature.category,
    usage_count: feature.usageCount,
    success_count: feature.successCount,
    success_rate: feature.successRate,
    avg_duration: feature.avgDuration,
    p50_duration: feature.p50Duration,
    p95_duration: feature.p95Duration,
    avg_efficiency: feature.avgEfficiency,
    users: feature.users,
    last_call: feature.lastCall,
  }
}

/** @param category what the question was narrowed to, or null */
export function statsRow(featureName: string, category: string | null, stats: UsageStats): DataRow {
  return {
    feature_name: featureName,
    category,
    total_calls: stats.totalCalls,
    success_count: stats.successCount,
    failure_count: stats.failureCount,
    partial_count: stats.partialCount,
    timeout_count: stats.timeoutCount,
    success_rate: stats.successRate,
    avg_duration: stats.avgDuration,
    min_duration: stats.minDuration,
    max_duration: stats.maxDuration,
    p50_duration: stats.p50Duration,
    p95_duration: stats.p95Duration,
    p99_duration: stats.p99Duration,
    avg_efficiency: stats.avgEfficiency,
    avg_input_size: stats.avgInputSize,
    avg_output_size: stats.avgOutputSize,
    avg_iterations: stats.avgIterations,
    users: stats.users,
    first_call: stats.firstCall,
    last_call: stats.lastCall,
  }
}

import type {
  FeatureSummary,
  RecentSummary,
  SeriesPoint,
  SizeSummary,
  TracedRecord,
  UsageStats,
} from '../store/index.js'
import type * as contract from './contract.js'

/** The store's answers as the API gives them: the same figures in snake_case. */
export function totals(stats: UsageStats): contract.Totals {
  return {
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

export function seriesPoint(point: SeriesPoint): contract.SeriesPoint {
  return {
    start: point.start,
    total_calls: point.totalCalls,
    success_count: point.successCount,
    failure_count: point.failureCount,
    partial_count: point.partialCount,
    timeout_count: point.timeoutCount,
    success_rate: point.successRate,
    avg_duration: point.avgDuration,
    p50_duration: point.p50Duration,
    p95_duration: point.p95Duration,
    p99_duration: point.p99Duration,
    avg_efficiency: point.avgEfficiency,
    avg_input_size: point.avgInputSize,
    avg_output_size: point.avgOutputSize,
    users: point.users,
  }
}

export function featureItem(feature: FeatureSummary, sparkline: number[]): contract.FeatureItem {
  return {
    feature_name: feature.featureName,
    category: feature.category,
    total_calls: feature.usageCount,
    success_count: feature.successCount,
    success_rate: feature.successRate,
    avg_duration: feature.avgDuration,
    p50_duration: feature.p50Duration,
    p95_duration: feature.p95Duration,
    p99_duration: feature.p99Duration,
    avg_efficiency: feature.avgEfficiency,
    users: feature.users,
    last_call: feature.lastCall,
    sparkline,
  }
}

export function recentCall(record: TracedRecord): contract.RecentCall {
  return {
    feature_name: record.featureName,
    category: record.category,
    status: record.status,
    duration: record.duration,
    efficiency_score: record.efficiencyScore,
    start_time: record.startTime,
    user_id: record.userId,
    record_id: record.recordId,
    trace_id: record.traceId,
  }
}

export function recentFeatureCall(record: TracedRecord): contract.RecentFeatureCall {
  return { ...recentCall(record), error_message: record.errorMessage }
}

export function callRecord(record: TracedRecord): contract.CallRecord {
  return {
    record_id: record.recordId,
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
    trace_id: record.traceId,
    span_id: record.spanId,
    parent_span_id: record.parentSpanId,
  }
}

/** The parts of a feature's page that come from its latest calls. */
export function recentFigures(
  summary: RecentSummary,
): Pick<contract.FeatureResponse, 'efficiency' | 'errors' | 'sizes' | 'users'> {
  const { calls, efficiency, inputSize, outputSize } = summary
  return {
    efficiency: { ...efficiency, based_on_calls: calls },
    errors: { groups: summary.errors.map(errorGroup), based_on_calls: summary.errorCalls },
    sizes: { input: sizes(inputSize), output: sizes(outputSize), based_on_calls: calls },
    users: {
      items: summary.users.map((user) => ({
        user_id: user.userId,
        calls: user.calls,
        failures: user.failures,
        last_call: user.lastCall,
      })),
      based_on_calls: calls,
    },
  }
}

function errorGroup(group: RecentSummary['errors'][number]): contract.ErrorGroup {
  return {
    fingerprint: group.fingerprint,
    pattern: group.pattern,
    status: group.status,
    count: group.count,
    users: group.users,
    first_seen: group.firstSeen,
    last_seen: group.lastSeen,
    example: group.example,
    example_record_id: group.exampleRecordId,
  }
}

function sizes({ avg, p50, p95, max }: SizeSummary): contract.SizeSummary {
  return { avg, p50, p95, max }
}

import type { UsageStats } from '../store/index.js'

/** What a file without calls has to say. */
export const NO_CALLS: UsageStats = {
  totalCalls: 0,
  successCount: 0,
  failureCount: 0,
  partialCount: 0,
  timeoutCount: 0,
  successRate: 0,
  avgDuration: 0,
  minDuration: 0,
  maxDuration: 0,
  p50Duration: 0,
  p95Duration: 0,
  p99Duration: 0,
  avgEfficiency: 0,
  avgInputSize: 0,
  avgOutputSize: 0,
  avgIterations: 0,
  users: 0,
  firstCall: null,
  lastCall: null,
}

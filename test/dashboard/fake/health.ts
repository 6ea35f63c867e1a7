import type { CallRecord, HealthResponse } from '../../../src/server/contract.js'

/** Something of everything that the health page shows. */
export function health(all: readonly CallRecord[]): HealthResponse {
  return {
    status: 'degraded',
    problems: ['2 files of records wait in the spool: the process that wrote them ended before it could store them.'],
    version: '0.1.0',
    database: {
      path: '/home/ada/.cloudcurio/feature_tracking.db',
      exists: true,
      size: 48_234_496,
      wal_size: 1_212_416,
      records: all.length,
      first_call: all.at(-1)?.start_time ?? null,
      last_call: all[0]?.start_time ?? null,
      schema_version: 3,
      latest_schema_version: 3,
      error: null,
    },
    rollups: { covered_calls: all.length, rows_to_go: 0, rebuilding: false },
    spool: { files: 2, size: 18_204 },
    tracker: {
      events: { 'record.rejected': 3 },
      waiting_records: 0,
      stored: all.length,
      dropped: { 'queue full': 12 },
      spooled_records: 40,
      recovered_records: 40,
      lost_records: 0,
      longest_lock_wait: 84,
    },
    settings: [
      {
        name: 'dbPath',
        variable: 'FEATURE_TRACKING_DB_PATH',
        value: '~/.cloudcurio/feature_tracking.db',
        origin: 'default',
      },
      { name: 'anonymize', variable: 'FEATURE_TRACKING_ANONYMIZE', value: 'true', origin: 'environment' },
    ],
    live_clients: 1,
  }
}

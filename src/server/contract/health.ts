/** `GET api/health`; it answers without a database too. */
export interface HealthResponse {
  /** `degraded`: records were dropped or wait, or the sums are being rebuilt; `down`: the file cannot be read. */
  status: 'ok' | 'degraded' | 'down'
  /** What is not well, in words; empty when all is. */
  problems: string[]
  version: string
  database: {
    path: string
    exists: boolean
    /** Bytes. */
    size: number
    wal_size: number
    records: number | null
    first_call: string | null
    last_call: string | null
    schema_version: number | null
    latest_schema_version: number | null
    /** Why it cannot be read, or null. */
    error: string | null
  }
  /** Null when the file cannot be read, or has none. */
  rollups: { covered_calls: number; rows_to_go: number; rebuilding: boolean } | null
  /** Files of records that wait beside the database, of all processes. */
  spool: { files: number; size: number }
  /**
   * The tracker of this process. Null in a dashboard of its own, which cannot know what another process dropped: mount the
   * application there to see it.
   */
  tracker: {
    events: Record<string, number>
    waiting_records: number
    stored: number
    dropped: Record<string, number>
    spooled_records: number
    recovered_records: number
    lost_records: number
    /** Milliseconds. */
    longest_lock_wait: number
  } | null
  settings: { name: string; variable: string; value: string; origin: 'argument' | 'environment' | 'default' }[]
  /** Open live streams. */
  live_clients: number
}

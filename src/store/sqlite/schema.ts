/** The documented table, as the Python original creates it. Nothing may be added to it: more goes into other tables. */
export const FEATURE_USAGE_TABLE = `CREATE TABLE feature_usage (
    id TEXT PRIMARY KEY,
    feature_name TEXT NOT NULL,
    category TEXT NOT NULL,
    status TEXT NOT NULL,
    duration REAL NOT NULL,
    start_time TEXT NOT NULL,
    end_time TEXT NOT NULL,
    input_size INTEGER DEFAULT 0,
    output_size INTEGER DEFAULT 0,
    metadata TEXT,  -- JSON string
    user_id TEXT,
    session_id TEXT NOT NULL,
    error_message TEXT,
    efficiency_score REAL,
    iterations INTEGER DEFAULT 1
)`

export const FEATURE_USAGE_INDEXES = [
  'CREATE INDEX IF NOT EXISTS idx_feature_name ON feature_usage(feature_name)',
  'CREATE INDEX IF NOT EXISTS idx_category ON feature_usage(category)',
  'CREATE INDEX IF NOT EXISTS idx_start_time ON feature_usage(start_time)',
  'CREATE INDEX IF NOT EXISTS idx_user_id ON feature_usage(user_id)',
] as const

/**
 * Where calls stand in their traces, for those that have one: of a call that is its trace's only one nobody asks. Ids are
 * their bytes.
 */
export const TRACES_SCHEMA = [
  `CREATE TABLE feature_traces (
    record_id TEXT PRIMARY KEY,
    trace_id BLOB NOT NULL,
    span_id BLOB NOT NULL,
    parent_span_id BLOB
) WITHOUT ROWID`,
  'CREATE INDEX idx_feature_traces ON feature_traces(trace_id)',
] as const

/** The columns in their order; `RECORD_FIELDS` has the fields in the same order. */
export const COLUMNS = [
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

/** Whether there is a table of a name. */
export const FIND_TABLE = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"

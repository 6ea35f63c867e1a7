/*
 * Tables of the rollups. They are ours alone: `feature_usage` has no part in them, neither a trigger nor an index. All
 * sums are over rows of `feature_usage` with a rowid up to the state's watermark, and over rows that retention removed.
 *
 * - A subject is what calls are summed up for: one feature of one category (kind 0), one category (kind 1), or all (kind
 *   2, id 0).
 * - `status` is 0 success, 1 failed, 2 partial, 3 timeout, 4 any other text.
 * - `hour` and `day` count from 1970-01-01T00:00Z. Rows whose start is no time are in the totals only.
 * - Durations are in seconds, sizes in bytes, `first_start` and `last_start` in microseconds since 1970.
 * - `latency` is a histogram of durations (histogram.ts), `members` a set of users (members.ts), `blocks` a set of blocks
 *   of rowids (blocks.ts).
 */

/** The summed columns, in the order of `Sums.values`. */
export const SUM_COLUMNS = [
  'calls',
  'duration_sum',
  'duration_min',
  'duration_max',
  'input_sum',
  'input_count',
  'output_sum',
  'output_count',
  'efficiency_sum',
  'efficiency_count',
  'iterations_sum',
  'first_start',
  'last_start',
  'latency',
] as const

const SUMS = `status INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    duration_sum REAL,
    duration_min REAL,
    duration_max REAL,
    input_sum REAL NOT NULL,
    input_count INTEGER NOT NULL,
    output_sum REAL NOT NULL,
    output_count INTEGER NOT NULL,
    efficiency_sum REAL NOT NULL,
    efficiency_count INTEGER NOT NULL,
    iterations_sum REAL NOT NULL,
    first_start INTEGER,
    last_start INTEGER,
    latency BLOB NOT NULL`

/**
 * One row. `watermark` is the highest rowid that is in the sums and `watermark_id` that row's id. `generation` changes when
 * ids or sums that a writer may remember become void. `frozen_day`: the sums of earlier days stay as they are, whatever
 * becomes of their rows; rows up to `recounted_rowid` that started before are in them already. `text_forms` has the forms of
 * start times that were met (instant.ts). `rebuilding` is 1 while rows are taken in anew.
 */
const STATE_TABLE = `CREATE TABLE feature_rollup_state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    generation INTEGER NOT NULL,
    watermark INTEGER NOT NULL,
    watermark_id TEXT,
    frozen_day INTEGER,
    recounted_rowid INTEGER NOT NULL,
    text_forms INTEGER NOT NULL,
    rebuilding INTEGER NOT NULL
)`

/** `calls` and `users` are those of all time and of any status. */
const SUBJECTS_TABLE = `CREATE TABLE feature_rollup_subjects (
    id INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    feature_name TEXT NOT NULL,
    category TEXT NOT NULL,
    category_id INTEGER NOT NULL,
    calls INTEGER NOT NULL DEFAULT 0,
    users INTEGER NOT NULL DEFAULT 0
)`

export const ROLLUP_SCHEMA: readonly string[] = [
  STATE_TABLE,
  'INSERT INTO feature_rollup_state VALUES (1, 1, 0, NULL, NULL, 0, 0, 0)',
  SUBJECTS_TABLE,
  'CREATE UNIQUE INDEX idx_rollup_subject ON feature_rollup_subjects(feature_name, category, kind)',
  'CREATE INDEX idx_rollup_top ON feature_rollup_subjects(kind, calls DESC, feature_name, category)',
  "INSERT INTO feature_rollup_subjects (id, kind, feature_name, category, category_id) VALUES (0, 2, '', '', 0)",
  // An id is never given again: a user who was forgotten must not become another.
  'CREATE TABLE feature_rollup_users (id INTEGER PRIMARY KEY AUTOINCREMENT, user_id TEXT NOT NULL UNIQUE)',
  `CREATE TABLE feature_rollup_hourly (hour INTEGER NOT NULL, subject_id INTEGER NOT NULL, ${SUMS},
    PRIMARY KEY (hour, subject_id, status)) WITHOUT ROWID`,
  `CREATE TABLE feature_rollup_daily (day INTEGER NOT NULL, subject_id INTEGER NOT NULL, ${SUMS},
    PRIMARY KEY (day, subject_id, status)) WITHOUT ROWID`,
  // The id is subject_id * 8 + status. A table with rowids keeps the large histograms of all time in its own pages.
  `CREATE TABLE feature_rollup_totals (id INTEGER PRIMARY KEY, subject_id INTEGER NOT NULL, ${SUMS},
    users INTEGER NOT NULL DEFAULT 0)`,
  `CREATE TABLE feature_rollup_user_days (day INTEGER NOT NULL, subject_id INTEGER NOT NULL, chunk INTEGER NOT NULL,
    members BLOB NOT NULL, PRIMARY KEY (day, subject_id, chunk)) WITHOUT ROWID`,
  `CREATE TABLE feature_rollup_user_totals (subject_id INTEGER NOT NULL, chunk INTEGER NOT NULL,
    members BLOB NOT NULL, PRIMARY KEY (subject_id, chunk)) WITHOUT ROWID`,
  `CREATE TABLE feature_rollup_blocks (block INTEGER PRIMARY KEY, row_count INTEGER NOT NULL,
    min_second INTEGER NOT NULL, max_second INTEGER NOT NULL)`,
  'CREATE INDEX idx_rollup_block_end ON feature_rollup_blocks(max_second DESC, block DESC, min_second)',
  // By span first: a transaction touches few pages.
  `CREATE TABLE feature_rollup_presence (span INTEGER NOT NULL, subject_id INTEGER NOT NULL, status INTEGER NOT NULL,
    blocks BLOB NOT NULL, PRIMARY KEY (span, subject_id, status)) WITHOUT ROWID`,
]

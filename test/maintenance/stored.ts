import BetterSqlite3 from 'better-sqlite3'
import fc from 'fast-check'
import { FeatureTrackerDB } from '../../src/store/index.js'
import { tempDatabase } from '../support/temp.js'

/** Every column of a row with its storage class and its exact value, as text. */
export interface StoredRow {
  readonly [column: string]: string
}

export const COLUMN_NAMES = [
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

/** What SQLite itself says of every value: its class, and all of its digits or bytes. */
export function storedRows(path: string): StoredRow[] {
  const database = new BetterSqlite3(path, { readonly: true, fileMustExist: true })
  database.function('exact', (value) => (Object.is(value, -0) ? '-0' : String(value)))
  try {
    const columns = COLUMN_NAMES.map(
      (name) =>
        `typeof(${name}) || ' ' || CASE typeof(${name}) WHEN 'real' THEN exact(${name}) WHEN 'integer' THEN ${name} ELSE coalesce(hex(${name}), '') END AS ${name}`,
    )
    return database.prepare<[], StoredRow>(`SELECT ${columns.join(', ')} FROM feature_usage ORDER BY 1`).all()
  } finally {
    database.close()
  }
}

export type Value = string | number | bigint | Buffer | null

/** A file of ours with rows as anybody might have written them. */
export async function fileWith(rows: readonly (readonly Value[])[]): Promise<string> {
  const path = tempDatabase()
  const db = new FeatureTrackerDB(path)
  await db.migrate()
  await db.close()
  const database = new BetterSqlite3(path)
  const insert = database.prepare(
    `INSERT OR IGNORE INTO feature_usage VALUES (${COLUMN_NAMES.map(() => '?').join(', ')})`,
  )
  database.transaction(() => {
    for (const row of rows) insert.run(...row)
  })()
  database.close()
  return path
}

const unusualTexts = [
  '',
  ' ',
  'null',
  '=1+1',
  "'=1+1",
  "''+x",
  "'",
  "'quoted'",
  '-5',
  '@cmd',
  '+49 30',
  '\tx',
  '\rx',
  '\n',
  '＝1',
  'a"b""c',
  'a,b;c',
  'a\r\nb',
  'a\0b',
  '\0',
  "x'00'",
  "t'00'",
  '5',
  '1e999',
  '\u2028\u2029',
  '\ufeff',
  '👩‍👩‍👧 größe',
  '\ud800',
  '__proto__',
  '[]',
] as const

const someText = fc.oneof(
  fc.constantFrom(...unusualTexts),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ maxLength: 20 }),
)

const someReal = fc.oneof(
  fc.constantFrom<Value>(0, -0, 0.1, 1e300, -1e-300, Number.MAX_VALUE, Number.MIN_VALUE, Infinity, -Infinity, 2 ** 53),
  fc.double({ noNaN: true }),
)

const someInteger = fc.oneof(
  fc.constantFrom<Value>(0, -1, 9007199254740991, 9007199254740993n, -(2n ** 63n), 2n ** 63n - 1n),
  fc.nat(),
)

const someMetadata = fc.oneof(
  fc.constantFrom<Value>(
    null,
    '',
    '{}',
    '{ }',
    '{"a": 1,  "b":[1,2]}',
    '{"a":12345678901234567890, "b":1e400}',
    '{"a":1,"a":2}',
    '{\n"a":1}',
    ' {"a":1}',
    '{"a":1} ',
    '{broken}',
    '{"a":"\\ud800"}',
    '{"a":"\0"}',
    '[1]',
    '"text"',
    '5',
    'null',
    '{"__proto__":{"x":1}}',
    `{"x":${'['.repeat(1200)}${']'.repeat(1200)}}`,
  ),
  fc.json(),
  fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value)),
  someText,
)

const someTime = fc.constantFrom(
  '2026-11-24T14:55:00.123456+00:00',
  '2026-11-24T16:06:15.123456',
  '2026-11-24T16:06:15+05:30',
  'no time',
  '',
)

/** Rows of the kinds that this library and the original store, at their edges. */
export const someRow: fc.Arbitrary<Value[]> = fc
  .tuple(
    fc.oneof(
      fc.uuid(),
      someText.filter((text) => text !== ''),
    ),
    someText,
    fc.oneof(fc.constantFrom('other', 'agent_platform', 'unknown ✓'), someText),
    fc.oneof(fc.constantFrom('success', 'failed', 'odd'), someText),
    someReal,
    someTime,
    someTime,
    fc.option(someInteger),
    fc.option(someInteger),
    someMetadata,
    fc.option(someText),
    someText,
    fc.option(someText),
    fc.option(someReal),
    fc.option(someInteger),
  )
  .map((row) => Array.from(row))

/** Now and then a value that does not belong into its column at all. */
export const someOddRow: fc.Arbitrary<Value[]> = fc
  .tuple(
    someRow,
    fc.integer({ min: 1, max: 14 }),
    fc.constantFrom<Value>(Buffer.from([0, 255, 10]), Buffer.alloc(0), 'no number', 2.5, Infinity),
  )
  .map(([row, at, value]) => row.with(at, value))

import { describe, expect, it, onTestFinished } from 'vitest'
import { FEATURE_CATEGORIES, FEATURE_STATUSES, RECORD_FIELDS } from '../../src/record/index.js'
import { FeatureTrackerDB, SqliteWriter } from '../../src/store/index.js'
import { copyOfOriginal, sql } from '../support/original.js'
import { hasPython, python } from '../support/python.js'
import { record } from '../support/records.js'
import { tempDatabase } from '../support/temp.js'
import { UNUSUAL } from './unusual.js'

/** Reads rows as the original does: both times, category, status and metadata of each must mean something to Python. */
const READ = `
import json, sqlite3, sys
from datetime import datetime, timezone
rows = []
connection = sqlite3.connect(sys.argv[1])
connection.row_factory = sqlite3.Row
for row in connection.execute("SELECT * FROM feature_usage ORDER BY rowid"):
    row = dict(row)
    for name in ("start_time", "end_time"):
        time = datetime.fromisoformat(row[name])
        row[name] = time.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f+00:00") if time.year > 1970 else row[name]
    row["metadata"] = json.loads(row["metadata"])
    assert isinstance(row["metadata"], dict) and isinstance(row["duration"], float) and isinstance(row["iterations"], int)
    rows.append(row)
print(json.dumps(rows))`

/** Writes one row after the other as the original does, each in its own connection and transaction. */
const WRITE = `
import json, sqlite3, sys, uuid
from datetime import datetime
for count in range(int(sys.argv[2])):
    with sqlite3.connect(sys.argv[1], timeout=30) as connection:
        now = datetime.now().isoformat()
        connection.execute("INSERT INTO feature_usage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (str(uuid.uuid4()), "from python", "other", "success", 0.1, now, now, 0, 0, json.dumps({"count": count}), "ada", "s", None, 0.7, 1))
print(sqlite3.connect(sys.argv[1]).execute("SELECT count(*) FROM feature_usage WHERE feature_name = 'from python'").fetchone()[0])`

const columnOf = (field: string) =>
  field === 'recordId' ? 'id' : field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

describe.skipIf(!hasPython)('Python', () => {
  it('reads every row that we write', async () => {
    const path = tempDatabase()
    const records = [
      ...FEATURE_CATEGORIES.map((category, index) =>
        record({
          category,
          status: FEATURE_STATUSES[index % 4] ?? 'success',
          metadata: { nested: { k: [1, null, 'ü'] } },
          userId: 'ada',
        }),
      ),
      ...UNUSUAL.filter(([what]) => !what.includes('last year')).map(([, fields]) => record(fields)),
    ]
    const writer = new SqliteWriter(path)
    await writer.insertRecords(records)
    const { code, stdout, stderr } = await python(READ, path)
    await writer.close()
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const expected = records.map((given) =>
      Object.fromEntries(RECORD_FIELDS.map((field) => [columnOf(field), given[field]])),
    )
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(expected)))
  })

  it('reads our rows among its own in its own file', async () => {
    const path = copyOfOriginal()
    const writer = new SqliteWriter(path)
    await writer.insertRecords([record({ featureName: 'ours' })])
    await writer.close()
    const rows = JSON.parse((await python(READ, path)).stdout) as {
      feature_name: string
      category: string
      status: string
    }[]
    expect(rows).toHaveLength(161)
    expect(rows.at(-1)?.feature_name).toBe('ours')
    for (const row of rows) {
      expect(FEATURE_CATEGORIES).toContain(row.category)
      expect(FEATURE_STATUSES).toContain(row.status)
    }
  })

  it('writes to the file while we do, and nothing is lost on either side', async () => {
    const path = copyOfOriginal()
    const db = new FeatureTrackerDB(path)
    onTestFinished(() => db.close())
    const theirs = python(WRITE, path, '150')
    const running = { ended: false }
    void theirs.finally(() => (running.ended = true))
    let ours = 0
    while (!running.ended)
      ours += await db.insertRecords(Array.from({ length: 10 }, () => record({ featureName: 'from node' })))
    expect(await theirs).toEqual({ code: 0, signal: null, stdout: '150\n', stderr: '' })
    expect(await db.getUsageStats({ featureName: 'from python', userId: 'ada' })).toMatchObject({ totalCalls: 150 })
    expect(await db.getUsageStats({ featureName: 'from node' })).toMatchObject({ totalCalls: ours })
    expect((await db.getUsageStats()).totalCalls).toBe(160 + 150 + ours)
    expect(sql(path, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
  })
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ensureKey, readKey } from '../../src/config/index.js'
import { exportRecords, importRecords, mergeDatabases } from '../../src/maintenance/index.js'
import { FeatureTrackerDB } from '../../src/store/index.js'
import { hasPython, python } from '../support/python.js'
import { copyOfOriginal } from '../support/original.js'
import { tempDatabase, tempFolder } from '../support/temp.js'
import { fileWith, someOddRow, someRow, storedRows } from './stored.js'

const HEAD = 'id,feature_name,category,status,duration,start_time,end_time,session_id'
const row = (id: string): string => `${id},search,other,success,0.5,2026-11-24T10:00:00Z,2026-11-24T10:00:01Z,s`

function file(name: string, content: string | Buffer): string {
  const path = join(tempFolder(), name)
  writeFileSync(path, content)
  return path
}

async function refusal(content: string, name = 'in.csv'): Promise<string> {
  const path = file(name, content)
  try {
    await importRecords({ dbPath: tempDatabase(), files: [path] })
  } catch (error) {
    return (error as Error).message.replace(path, 'FILE')
  }
  return 'it was taken'
}

describe('import', () => {
  it('names file, line and column of a row that is wrong', async () => {
    expect(await refusal(`${HEAD}\n${row('a')}\n${row('b').replace('0.5', 'fast')}\n`)).toBe(
      'FILE, line 3, column duration: duration is "fast": give seconds as a number',
    )
    expect(await refusal(`${HEAD}\n"x\ny",${row('').slice(1)}\nshort,row\n`)).toBe(
      'FILE, line 4: there are 2 cells, the first line names 8 columns',
    )
    expect(await refusal(`${HEAD}\n${row('')}\n`)).toBe('FILE, line 2, column id: id is empty: every record has one')
    expect(await refusal('{"id":"a"}\n', 'in.jsonl')).toBe(
      'FILE, line 1, column feature_name: feature_name is empty: every record has one',
    )
    expect(await refusal('[\n{"id":5}\n]', 'in.json')).toBe('FILE, line 2, column id: id is "5": give a text')
    expect(await refusal('{"nme":"a"}\n', 'in.jsonl')).toBe('FILE, line 1, column nme: a record has no "nme"')
    expect(await refusal('{oops}\n', 'in.jsonl')).toMatch(/^FILE, line 1: it is no JSON object/)
  })

  it('refuses a file that is wrong as a whole', async () => {
    expect(await refusal('id,name\n')).toMatch(/^FILE: there is a column "name", which records do not have/)
    expect(await refusal('id,feature_name\n')).toMatch(/^FILE: it has no column category, status/)
    expect(await refusal('')).toMatch(/^FILE is empty/)
    expect(await refusal(`${HEAD}\n"a`)).toBe('FILE: line 2: a quote is not closed')
    expect(await refusal('[{"id":"a"}', 'in.json')).toMatch(/column feature_name|no end/)
    expect(await refusal('PAR1', 'in.parquet')).toMatch(/is no Parquet file/)
    await expect(importRecords({ dbPath: tempDatabase(), files: [copyOfOriginal()] })).rejects.toThrow(
      /SQLite database/,
    )
    await expect(importRecords({ dbPath: tempDatabase(), files: ['/nowhere.csv'] })).rejects.toThrow(/no file/)
  })

  it('leaves wrong rows out where it is told to, and reports them', async () => {
    const dbPath = tempDatabase()
    const path = file(
      'in.csv',
      `${HEAD}\n${row('a')}\n${row('b').replace('0.5', '')}\n${row('c').replace('other', 'odd')}\n`,
    )
    const report = await importRecords({ dbPath, files: [path], onError: 'skip' })
    expect(report).toMatchObject({ rows: 2, added: 2, present: 0, skipped: 1, unusual: { categories: 1 } })
    expect(report.skippedRows).toEqual([
      { file: path, place: 'line 3', column: 'duration', message: 'duration is empty: every record has one' },
    ])
    expect(storedRows(dbPath).map(({ id }) => id)).toEqual(['text 61', 'text 63'])
  })

  it('may be done again, and keeps the sums right', async () => {
    const dbPath = tempDatabase()
    const path = file(
      'in',
      gzipSync(
        `\ufeff${HEAD.replaceAll(',', ';')}\r\n${row('a').replaceAll(',', ';')}\r\n${row('b').replaceAll(',', ';')}`,
      ),
    )
    expect(await importRecords({ dbPath, files: [path] })).toMatchObject({ rows: 2, added: 2, present: 0 })
    expect(await importRecords({ dbPath, files: [path, path] })).toMatchObject({ rows: 4, added: 0, present: 4 })
    const db = new FeatureTrackerDB(dbPath)
    expect(await db.getUsageStats({ featureName: 'search' })).toMatchObject({ totalCalls: 2, avgDuration: 0.5 })
    await db.close()
  })

  it.skipIf(!hasPython)("is read by Python's csv module, cell by cell", async () => {
    const dbPath = await fileWith(
      fc.sample(
        someRow.filter((values) => !values.some((v) => typeof v === 'string' && /[\0\r]|[\ud800-\udfff]/.test(v))),
        { numRuns: 30, seed: 5 },
      ),
    )
    const path = join(tempFolder(), 'out.csv')
    await exportRecords({ dbPath, output: { path } })
    const { stdout, stderr } = await python(
      `import csv, sqlite3, sys
rows = list(csv.reader(open(sys.argv[1], newline='', encoding='utf-8')))
stored = sqlite3.connect(sys.argv[2]).execute('SELECT * FROM feature_usage ORDER BY rowid').fetchall()
def same(cell, value):
    if value is None: return cell == ''
    if isinstance(value, (int, float)): return type(value)(cell) == value
    return cell == value or (cell[:1] == "'" and cell[1:] == value)
wrong = [(c, v) for row, got in zip(stored, rows[1:]) for c, v in zip(got, row) if not same(c, v)]
started = [c for row in rows[1:] for i, c in enumerate(row) if c[:1] in tuple('=+@\\t') and i not in (4, 7, 8, 13, 14)]
print(len(rows) - 1 == len(stored), wrong, started)`,
      path,
      dbPath,
    )
    expect({ stdout: stdout.trim(), stderr }).toEqual({ stdout: 'True [] []', stderr: '' })
  })
})

describe('merge', () => {
  it('is lossless, and adds nothing the second time', async () => {
    const split = fc.tuple(
      fc.uniqueArray(someOddRow, { maxLength: 20, selector: ([id]) => id }),
      fc.uniqueArray(someRow, { maxLength: 20, selector: ([id]) => id }),
    )
    await fc.assert(
      fc.asyncProperty(split, async ([left, right]) => {
        const known = new Set(left.map(([id]) => id))
        const rest = right.filter(([id]) => !known.has(id ?? null))
        const [a, b, both] = [await fileWith(left), await fileWith([...right]), await fileWith([...left, ...rest])]
        const into = tempDatabase()
        const first = await mergeDatabases({ sources: [a, b], into })
        if (first.rows > 0) expect(storedRows(into)).toEqual(storedRows(both))
        expect((await mergeDatabases({ sources: [b, a], into })).added).toBe(0)
      }),
      { numRuns: 2, endOnFailure: true },
    )
  })

  it("takes the original's rows, hands a common key on, and says when keys differ", async () => {
    const [a, b, into] = [copyOfOriginal(), copyOfOriginal(), tempDatabase()]
    const key = ensureKey(a)
    expect(await mergeDatabases({ sources: [a, b], into })).toMatchObject({ rows: 320, added: 160, keys: 'same' })
    expect(readKey(into)).toEqual(key)
    ensureKey(b)
    expect(await mergeDatabases({ sources: [a, b], into })).toMatchObject({ added: 0, keys: 'different' })
    await expect(mergeDatabases({ sources: [a], into: a })).rejects.toThrow(/one of the databases to merge/)
  })
})

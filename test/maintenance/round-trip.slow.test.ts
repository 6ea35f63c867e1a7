import { readFileSync, statSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exportRecords, type FileFormat, importRecords } from '../../src/maintenance/index.js'
import { copyOfOriginal } from '../support/original.js'
import { tempDatabase, tempFolder } from '../support/temp.js'
import { cases } from '../support/thorough.js'
import { fileWith, someOddRow, someRow, storedRows, type Value } from './stored.js'

const RUNS = cases(3, 20)

/** A new file with what another was exported to. */
async function copied(dbPath: string, format: FileFormat, name = `records.${format}`): Promise<string> {
  const path = join(tempFolder(), name)
  await exportRecords({ dbPath, output: { path }, format })
  const copy = tempDatabase()
  await importRecords({ dbPath: copy, files: [path], format })
  return copy
}

const rowsOf = (arbitrary: fc.Arbitrary<Value[]>) =>
  fc.uniqueArray(arbitrary, { minLength: 1, maxLength: 40, selector: ([id]) => id })

/** Parquet's texts are UTF-8, which has no halves of surrogate pairs. */
function isUnicode(row: readonly Value[]): boolean {
  return row.every((value) => typeof value !== 'string' || value.isWellFormed())
}

describe.each(['csv', 'json', 'jsonl', 'parquet'] as const)('export to %s and import', (format) => {
  it('is lossless for every value that we and the original store', async () => {
    await fc.assert(
      fc.asyncProperty(rowsOf(format === 'parquet' ? someRow.filter(isUnicode) : someRow), async (rows) => {
        const path = await fileWith(rows)
        expect(storedRows(await copied(path, format))).toEqual(storedRows(path))
      }),
      { numRuns: RUNS, endOnFailure: true },
    )
  })

  it.skipIf(format === 'parquet')('is lossless for values that do not belong into their column', async () => {
    await fc.assert(
      fc.asyncProperty(rowsOf(someOddRow), async (rows) => {
        const path = await fileWith(rows)
        expect(storedRows(await copied(path, format))).toEqual(storedRows(path))
      }),
      { numRuns: RUNS, endOnFailure: true },
    )
  })

  it("is lossless for the original's file", async () => {
    const path = copyOfOriginal()
    const copy = await copied(path, format)
    expect(storedRows(copy)).toEqual(storedRows(path))
    expect(storedRows(copy)).toHaveLength(160)
  })

  it('takes a file without rows', async () => {
    const path = join(tempFolder(), `none.${format}`)
    expect(await exportRecords({ dbPath: await fileWith([]), output: { path } })).toEqual({ rows: 0, path })
    expect(await importRecords({ dbPath: tempDatabase(), files: [path] })).toMatchObject({ rows: 0, skipped: 0 })
  })

  it.skipIf(format === 'parquet')('compresses by the name', async () => {
    const path = copyOfOriginal()
    const copy = await copied(path, format, `records.${format}.gz`)
    expect(storedRows(copy)).toEqual(storedRows(path))
  })
})

describe('an exported file', () => {
  it('has mode 0600 whatever the umask, and is gzip where the name says so', async () => {
    const path = join(tempFolder(), 'out.jsonl.gz')
    const before = process.umask(0)
    try {
      await exportRecords({ dbPath: copyOfOriginal(), output: { path } })
    } finally {
      process.umask(before)
    }
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(gunzipSync(readFileSync(path)).toString().trimEnd().split('\n')).toHaveLength(160)
  })
})

import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { describe, expect, it } from 'vitest'
import { exportRecords } from '../../src/maintenance/index.js'
import { tempDatabase, tempFolder } from '../support/temp.js'
import { someRecords, store } from './support.js'

/** More than two row groups. */
const ROWS = 30_000

describe('an export to Parquet', () => {
  it('has row groups whose bounds are those of their rows, so that readers may skip them', async () => {
    const [dbPath, path] = [tempDatabase(), join(tempFolder(), 'out.parquet')]
    store(dbPath, someRecords(ROWS))
    await exportRecords({ dbPath, output: { path } })
    const file = await asyncBufferFromFile(path)
    const { row_groups: groups } = await parquetMetadataAsync(file)
    expect(groups.length).toBeGreaterThan(2)
    let rowStart = 0
    for (const { columns, num_rows: count } of groups) {
      const rowEnd = rowStart + Number(count)
      const rows = await parquetReadObjects({
        file,
        rowStart,
        rowEnd,
        compressors: { GZIP: (bytes) => gunzipSync(bytes) },
      })
      for (const name of ['start_time', 'end_time', 'duration']) {
        const values = rows.map((row) => row[name] as string | number).toSorted((a, b) => (a < b ? -1 : 1))
        const [least, greatest] = [values[0], values.at(-1)] as [string, string] | [number, number]
        const { min_value: min, max_value: max } =
          columns.find(({ meta_data: data }) => data?.path_in_schema[0] === name)?.meta_data?.statistics ?? {}
        // The format has a least zero negative.
        if (typeof least === 'number') expect([Number(min) + 0, max]).toEqual([least, greatest])
        else {
          // Texts are cut, and the greatest is made greater for it.
          expect(least.startsWith(String(min))).toBe(true)
          expect(String(max) >= String(greatest)).toBe(true)
          expect(String(max).slice(0, 13)).toBe(String(greatest).slice(0, 13))
        }
      }
      rowStart = rowEnd
    }
    expect(rowStart).toBe(ROWS)
  })
})

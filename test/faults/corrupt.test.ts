import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SqliteWriter } from '../../src/store/index.js'
import { Progress } from '../../src/store/sqlite/progress.js'
import { pushRow, type SqlValue } from '../../src/store/sqlite/rows.js'
import { Database } from '../../src/store/sqlite/write/database.js'
import { draft } from '../support/drafts.js'
import { record } from '../support/records.js'
import { tempDatabase, tempFolder } from '../support/temp.js'

const FLIPS = 1000
const ROWS = 20

/** The same numbers in each run. */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

async function goodFile(): Promise<Buffer> {
  const path = tempDatabase()
  const writer = new SqliteWriter(path)
  for (let n = 0; n < 300; n++) writer.add(draft({ featureName: `feature ${n % 7}`, userId: `user ${n % 5}` }))
  await writer.close()
  return readFileSync(path)
}

/** Writes as the writer's thread does. @returns why it could not */
function write(path: string): string | undefined {
  const problems: string[] = []
  const database = new Database({
    path,
    progress: new Progress(),
    maxWalBytes: Infinity,
    say: (notice) => notice.kind === 'problem' && problems.push(notice.topic),
    between: () => {},
    retry: () => {},
  })
  try {
    for (;;) {
      try {
        const values: SqlValue[] = []
        for (let n = 0; n < ROWS; n++) pushRow(values, record({ featureName: `feature ${n}`, userId: `user ${n}` }))
        return database.insert([values])[0] === ROWS ? undefined : 'not all rows are new'
      } catch (error) {
        if (!database.failed(error)) return String(error)
      }
    }
  } finally {
    database.close()
  }
}

describe('R10: a damaged file', () => {
  it(`${FLIPS} files with a wrong byte: the writer starts each time, and no bad file is deleted`, async () => {
    const bytes = await goodFile()
    const folder = tempFolder()
    const random = randomNumbers(42)
    const failures: string[] = []
    let setAside = 0
    for (let round = 0; round < FLIPS; round++) {
      const path = join(folder, `${round}`, 'usage.db')
      const damaged = Buffer.from(bytes)
      // Half of them where all is decided: in the header and the schema.
      const at = Math.floor(random() * (round % 2 === 0 ? damaged.length : 4096))
      damaged[at] = (damaged[at] as number) ^ (1 + Math.floor(random() * 255))
      mkdirSync(dirname(path))
      writeFileSync(path, damaged)
      const failure = write(path)
      if (failure !== undefined) failures.push(`byte ${at} is ${damaged[at]}: ${failure}`)
      const aside = readdirSync(dirname(path)).find((name) => /\.corrupt-[^-]+-\d\d-\d\dT[\d-]+Z$/.test(name))
      if (aside !== undefined) {
        setAside++
        expect(readFileSync(join(dirname(path), aside)).equals(damaged)).toBe(true)
      }
      rmSync(dirname(path), { recursive: true })
    }
    console.log(
      `R10: ${FLIPS} random byte flips: ${FLIPS - failures.length} starts, ${setAside} files set aside, 0 deleted`,
    )
    expect(failures).toEqual([])
  })
})

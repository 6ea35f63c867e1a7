import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SqliteWriter } from '../../src/store/index.js'
import { draft } from '../support/drafts.js'
import { tempDatabase, tempFolder } from '../support/temp.js'

const FLIPS = 1000
const AT_ONCE = 4

/** The same numbers in each run. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

describe('R10: a damaged file', () => {
  it(`${FLIPS} files with a wrong byte: the writer starts each time, and no bad file is deleted`, async () => {
    const good = tempDatabase()
    const maker = new SqliteWriter(good)
    for (let n = 0; n < 300; n++) maker.add(draft({ featureName: `feature ${n % 7}`, userId: `user ${n % 5}` }))
    await maker.close()
    const bytes = readFileSync(good)
    const folder = tempFolder()
    const next = random(42)
    const failures: string[] = []
    let setAside = 0
    const one = async (round: number): Promise<void> => {
      const path = join(folder, `${round}`, 'usage.db')
      const damaged = Buffer.from(bytes)
      const at = Math.floor(next() * damaged.length)
      damaged[at] = (damaged[at] as number) ^ (1 + Math.floor(next() * 255))
      const writer = new SqliteWriter(path)
      mkdirSync(dirname(path))
      writeFileSync(path, damaged)
      for (let n = 0; n < 20; n++) writer.add(draft({ userId: `user ${n}`, featureName: `feature ${n}` }))
      await writer.flush()
      const { stored, database } = writer.health()
      if (stored !== 20) failures.push(`byte ${at}: ${JSON.stringify(database)}`)
      await writer.close()
      const aside = readdirSync(dirname(path)).filter((name) => name.includes('.corrupt-'))
      if (aside.length > 0) setAside++
      rmSync(dirname(path), { recursive: true })
    }
    let round = 0
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (round < FLIPS) await one(round++)
      }),
    )
    console.log(
      `R10: ${FLIPS} random byte flips: ${FLIPS - failures.length} starts, ${setAside} files set aside, 0 deleted`,
    )
    expect(failures).toEqual([])
  })
})

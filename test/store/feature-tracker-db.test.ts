import { existsSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FeatureTrackerDB } from '../../src/store/index.js'
import { runNode } from '../support/child.js'
import { tempDatabase } from '../support/temp.js'

function open(path = tempDatabase()): FeatureTrackerDB {
  const db = new FeatureTrackerDB({ dbPath: path })
  onTestFinished(() => db.close())
  return db
}

const given = { featureName: 'search', category: 'other', status: 'success' } as const

describe('FeatureTrackerDB', () => {
  it('opens nothing before it is used', async () => {
    const path = tempDatabase()
    await open(path).close()
    expect(existsSync(path)).toBe(false)
  })

  it('stores one record, says what it stored, and finds it', async () => {
    const db = open()
    const stored = await db.insertRecord({ ...given, duration: 2, outputSize: 10 })
    expect(stored).toMatchObject({ ...given, duration: 2, outputSize: 10, iterations: 1 })
    expect(await db.getRecords()).toEqual([stored])
  })

  it('stores many and says how many were new', async () => {
    const db = open()
    expect(
      await db.insertRecords([
        { ...given, recordId: 'a' },
        { ...given, recordId: 'b' },
        { ...given, recordId: 'a' },
      ]),
    ).toBe(2)
    expect(await db.insertRecords([])).toBe(0)
  })

  it('refuses a bad record without storing any of its batch', async () => {
    const db = open()
    await expect(db.insertRecord({ ...given, featureName: '' })).rejects.toThrow(/^featureName is ""/)
    await expect(db.insertRecords([given, { ...given, duration: -1 }])).rejects.toThrow(/^duration is -1/)
    expect(await db.getRecords()).toEqual([])
  })

  it('sees what was given before, also when it was not waited for', async () => {
    const db = open()
    const stored = Array.from({ length: 20 }, () => db.insertRecord(given))
    expect(await db.getUsageStats()).toMatchObject({ totalCalls: 20 })
    await Promise.all(stored)
  })

  it('makes an empty file where there is none to ask', async () => {
    const path = tempDatabase()
    const db = open(path)
    expect(await db.getRecords()).toEqual([])
    expect(await db.getTopFeatures()).toEqual([])
    expect(await db.getUsageStats()).toMatchObject({ totalCalls: 0, firstCall: null })
    expect(existsSync(path)).toBe(true)
  })

  it('takes its path from the environment and refuses a bad argument', async () => {
    const path = tempDatabase()
    const { stdout } = await runNode(
      `
      import { FeatureTrackerDB } from '@cloudcurio/feature-tracking/store'
      console.log(new FeatureTrackerDB().dbPath)`,
      { env: { FEATURE_TRACKING_DB_PATH: path } },
    )
    expect(stdout.trim()).toBe(path)
    expect(new FeatureTrackerDB(path).dbPath).toBe(path)
    expect(() => new FeatureTrackerDB('')).toThrow(/^dbPath is ""/)
  })

  it('may be closed twice and is then closed for everything', async () => {
    const path = tempDatabase()
    const db = open(path)
    await db.insertRecord(given)
    await db.close()
    await db.close()
    for (const act of [
      () => db.insertRecord(given),
      () => db.insertRecords([given]),
      () => db.getRecords(),
      () => db.getUsageStats(),
      () => db.migrate(),
    ])
      await expect(act()).rejects.toMatchObject({ name: 'StoreError', code: 'closed' })
  })

  it('does not hold the process open', async () => {
    const program = `
      import { FeatureTrackerDB } from '@cloudcurio/feature-tracking/store'
      const db = new FeatureTrackerDB(process.argv[1])
      await db.insertRecord({ featureName: 'f', category: 'other', status: 'success' })
      console.log((await db.getRecords()).length)`
    expect(await runNode(program, { args: [tempDatabase()] })).toMatchObject({ code: 0, stdout: '1\n', stderr: '' })
  })
})

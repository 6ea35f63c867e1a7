import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FEATURE_CATEGORIES, FEATURE_STATUSES, type RecordDraft, recordOfDraft } from '../../src/record/index.js'
import { openReader, SqliteWriter, type SqliteWriterOptions } from '../../src/store/index.js'
import { nodeJson, runNode } from '../support/child.js'
import { DRAFT_SOURCE, draft } from '../support/drafts.js'
import { sql } from '../support/original.js'
import { record } from '../support/records.js'
import { tempDatabase } from '../support/temp.js'

const rowsOf = (path: string) => sql<{ n: number }>(path, 'SELECT count(*) AS n FROM feature_usage')[0]?.n
const filesBeside = (path: string) => readdirSync(dirname(path)).toSorted()

function open(options: SqliteWriterOptions = {}, path = tempDatabase()): { path: string; writer: SqliteWriter } {
  const writer = new SqliteWriter(path, options)
  onTestFinished(() => writer.close())
  return { path, writer }
}

/** What is stored, under the ids that a test gave. */
async function stored(path: string) {
  const reader = openReader(path)
  const records = await reader.getRecords()
  await reader.close()
  return new Map(records.map((found) => [found.recordId, found]))
}

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ unit: 'grapheme' }))
const someDraft = fc.record({
  recordId: fc.uuid({ version: 7 }),
  // The names that the library itself gives are not empty.
  featureName: text.map((name) => `f${name}`),
  category: fc.constantFrom(...FEATURE_CATEGORIES),
  status: fc.constantFrom(...FEATURE_STATUSES),
  duration: fc.double({ min: 0, max: 1e6, noNaN: true }),
  startMicros: fc.integer({ min: 0, max: 4e15 }),
  endMicros: fc.integer({ min: 0, max: 4e15 }),
  inputSize: fc.nat(),
  outputSize: fc.maxSafeNat(),
  metadataText: fc.option(
    fc.dictionary(fc.string(), fc.string()).map((value) => JSON.stringify(value)),
    { nil: undefined },
  ),
  userId: fc.option(text),
  sessionId: text,
  errorMessage: fc.option(text),
  efficiencyScore: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  iterations: fc.nat(),
}) satisfies fc.Arbitrary<RecordDraft>

describe('a draft', () => {
  it('is stored as the record that it stands for, whatever its texts and numbers', async () => {
    const { path, writer } = open()
    const drafts = fc.sample(someDraft, 3000)
    for (const [index, given] of drafts.entries()) {
      expect(writer.add(given)).toBe(true)
      if (index % 70 === 0) writer.send()
    }
    await writer.flush()
    const found = await stored(path)
    for (const given of drafts) expect(found.get(given.recordId)).toEqual(recordOfDraft(given))
    expect(writer.health()).toMatchObject({ waitingRecords: 0, waitingBytes: 0, stored: 3000, dropped: {} })
  })

  it('may have lone surrogates and long texts; neither throws', async () => {
    const { path, writer } = open()
    const long = 'ü'.repeat(200_000)
    expect(writer.add(draft({ recordId: 'a', featureName: '\ud800 x \udc00', errorMessage: long }))).toBe(true)
    expect(writer.add(draft({ recordId: 'b' }))).toBe(true)
    await writer.flush()
    const found = await stored(path)
    expect(found.get('a')).toMatchObject({ featureName: '\ufffd x \ufffd', errorMessage: long })
    expect(found.size).toBe(2)
  })

  it('that no row can hold is counted, and its neighbours are stored', async () => {
    const problems: string[] = []
    const { path, writer } = open({ onProblem: (topic) => problems.push(topic) })
    writer.add(draft())
    expect(writer.add(draft({ startMicros: Number.NaN }))).toBe(true)
    expect(writer.add({ ...draft(), featureName: null } as unknown as RecordDraft)).toBe(false)
    writer.add(draft())
    await writer.flush()
    expect(rowsOf(path)).toBe(2)
    expect(writer.health()).toMatchObject({ waitingRecords: 0, stored: 2, dropped: { refused: 2 } })
    expect(problems).toEqual(['refused', 'refused'])
  })

  it('gets a UUIDv7 of its start where it has no id', async () => {
    const { path, writer } = open()
    const startMicros = Date.UTC(2026, 0, 1) * 1000
    for (let index = 0; index < 5000; index++) writer.add(draft({ startMicros }))
    await writer.flush()
    const ids = [...(await stored(path)).keys()]
    expect(ids).toHaveLength(5000)
    for (const id of ids) expect(id).toMatch(/^019b76da-a800-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})

describe('the sink', () => {
  it('keeps its order with insertRecords', async () => {
    const { path, writer } = open()
    const id = record().recordId
    writer.add(draft({ recordId: id, featureName: 'first' }))
    expect(await writer.insertRecords([record({ recordId: id, featureName: 'second' })])).toBe(0)
    expect((await stored(path)).get(id)?.featureName).toBe('first')
  })

  it('drops and counts what goes beyond its limits, and goes on when there is room again', async () => {
    const problems: [string, number][] = []
    const { path, writer } = open({
      maxWaitingRecords: 1000,
      onProblem: (topic, _message, count) => problems.push([topic, count]),
    })
    let taken = 0
    for (let index = 0; index < 5000; index++) if (writer.add(draft())) taken++
    await writer.flush()
    const dropped = writer.health().dropped.queue_full ?? 0
    expect(taken + dropped).toBe(5000)
    expect(dropped).toBeGreaterThan(0)
    expect(rowsOf(path)).toBe(taken)
    expect(problems).toHaveLength(dropped)
    expect(writer.add(draft())).toBe(true)
    await writer.flush()
    expect(rowsOf(path)).toBe(taken + 1)
  })

  it('is covered by drainSync and close; later records are counted', async () => {
    const { path, writer } = open()
    for (let index = 0; index < 500; index++) writer.add(draft())
    expect(writer.drainSync(20_000)).toBe(true)
    expect(rowsOf(path)).toBe(500)
    writer.add(draft())
    await writer.close()
    expect(writer.add(draft())).toBe(false)
    expect(writer.health()).toMatchObject({ stored: 501, dropped: { closed: 1 } })
    expect(filesBeside(path)).toEqual(['usage.db'])
    expect(rowsOf(path)).toBe(501)
  })

  it.each(['batch', 'process'] as const)('leaves no file behind at the end of a process (%s)', async (durability) => {
    const path = tempDatabase()
    const program = `
      import { SqliteWriter } from '@cloudcurio/feature-tracking/store'
      ${DRAFT_SOURCE}
      const writer = new SqliteWriter(process.argv[1], { durability: '${durability}' })
      for (let n = 0; n < 1000; n++) writer.add(draft({}))
      process.on('exit', () => console.log(writer.drainSync(10_000)))
      process.exit(0)`
    expect(await nodeJson(program, { args: [path] })).toBe(true)
    expect(rowsOf(path)).toBe(1000)
    expect(filesBeside(path).filter((name) => name.includes('spool'))).toEqual([])
  })

  it('does not hold the process open by itself; flush does', async () => {
    const path = tempDatabase()
    const program = `
      import { SqliteWriter } from '@cloudcurio/feature-tracking/store'
      ${DRAFT_SOURCE}
      const writer = new SqliteWriter(process.argv[1])
      writer.add(draft({}))
      writer.send()
      if (process.argv[2] === 'flush') void writer.flush().then(() => console.log(writer.health().stored))`
    expect(await runNode(program, { args: [path, 'flush'] })).toMatchObject({ code: 0, stdout: '1\n' })
    expect(await runNode(program, { args: [path, 'none'] })).toMatchObject({ code: 0, stdout: '' })
  })
})

describe('what a killed process left behind', () => {
  it.each(['batch', 'process'] as const)('is taken in by the next one, which says so (%s)', async (durability) => {
    const path = tempDatabase()
    const program = `
      import { SqliteWriter } from '@cloudcurio/feature-tracking/store'
      import BetterSqlite3 from 'better-sqlite3'
      ${DRAFT_SOURCE}
      const writer = new SqliteWriter(process.argv[1], { durability: '${durability}' })
      writer.add(draft({}))
      await writer.flush()
      const database = new BetterSqlite3(process.argv[1])
      database.exec('BEGIN IMMEDIATE')
      for (let n = 0; n < 250; n++) writer.add(draft({}))
      writer.send()
      for (let n = 0; n < 7; n++) writer.add(draft({}))
      while (writer.health().spool.records < 250) await new Promise((resolve) => setTimeout(resolve, 5))
      await new Promise((resolve) => setTimeout(resolve, 200))
      process.kill(process.pid, 'SIGKILL')`
    const { signal, stderr } = await runNode(program, { args: [path] })
    expect([signal, stderr]).toEqual(['SIGKILL', ''])
    const problems: string[] = []
    const { writer } = open({ onProblem: (topic, message) => problems.push(`${topic}: ${message}`) }, path)
    writer.add(draft())
    await writer.flush()
    const taken = durability === 'process' ? 257 : 250
    await expect
      .poll(() => writer.health().recovered, { timeout: 20_000 })
      .toEqual({ records: taken, lost: 257 - taken })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(/^unclean_shutdown: process \d+ ended without shutting down/)
    await writer.close()
    expect(filesBeside(path).filter((name) => name.includes('spool'))).toEqual([])
    expect(rowsOf(path)).toBe(taken + 2)
  })
})

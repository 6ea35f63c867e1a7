import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FeatureTrackerDB } from '../../src/store/index.js'
import { record } from '../support/records.js'
import { countBy, type ExampleRun, runExample } from './run-example.js'

const folder = mkdtempSync(join(tmpdir(), 'feature-tracking-'))
const dbPath = join(folder, 'usage.db')
let demo: ExampleRun

/** The demo's own records: the file held one before. */
let records: ExampleRun['records']

beforeAll(async () => {
  const store = new FeatureTrackerDB(dbPath)
  await store.insertRecord(record({ featureName: 'before_the_demo' }))
  await store.close()
  demo = await runExample('demo/main.js', dbPath)
  records = demo.records.filter(({ featureName }) => featureName !== 'before_the_demo')
}, 60_000)

afterAll(() => {
  rmSync(folder, { recursive: true })
})

test('ends well, says where the records are, and shows them by the command line', () => {
  expect(demo.stderr).toBe('')
  expect(demo.code).toBe(0)
  expect(demo.stdout).toContain(`\n${dbPath}\n`)
  expect(demo.stdout).toContain(`${records.length} calls of 6 users`)
  expect(demo.stdout).toMatch(/^Feature +Category +Calls/m)
  expect(demo.stdout).toMatch(/^read_file +file_operation/m)
  expect(demo.stdout.match(/npx feature-tracking [a-z-]+/g)).toEqual([
    'npx feature-tracking list-features',
    'npx feature-tracking feature-stats',
    'npx feature-tracking list-records',
    'npx feature-tracking dashboard',
  ])
  expect(demo.stdout).not.toContain('went wrong')
})

test('a file that the user chose is added to, not replaced', () => {
  expect(demo.records).toHaveLength(records.length + 1)
})

test('hundreds of calls of several categories', () => {
  expect(records.length).toBeGreaterThan(300)
  expect(Object.keys(countBy(records, 'category')).toSorted()).toEqual([
    'database_operation',
    'file_operation',
    'other',
    'sysmon',
    'terminal_tool',
    'web_interface',
  ])
  const calls = countBy(records, 'featureName')
  expect(calls).toMatchObject({ fetch_page: 65, serve_page: 65, word_query: 38, system_snapshot: 10 })
  expect(calls['read_file']).toBe((calls['hash_file'] ?? 0) + (calls['gzip_file'] ?? 0))
})

test.each([
  ['read_file', 'failed', 1],
  ['hash_file', 'failed', 1],
  ['gzip_file', 'failed', 0],
  ['word_query', 'failed', 1],
  ['serve_page', 'failed', 1],
  ['fetch_page', 'failed', 3],
  ['fetch_page', 'timeout', 1],
  ['run_node', 'failed', 1],
  ['run_node', 'timeout', 1],
])('of %s calls, %s: %i', (featureName, status, count) => {
  expect(records.filter((found) => found.featureName === featureName && found.status === status)).toHaveLength(count)
})

test('generators that are left count as partial, nothing else does', () => {
  const partial = records.filter(({ status }) => status === 'partial')
  expect(partial.length).toBeGreaterThan(5)
  expect(Object.keys(countBy(partial, 'featureName'))).toEqual(['read_words'])
})

test('sizes are measured where the calls succeed', () => {
  const mayGiveNothing = new Set(['read_words', 'word_query', 'run_node'])
  for (const { featureName, status, inputSize, outputSize } of records) {
    if (status !== 'success') continue
    if (featureName !== 'system_snapshot') expect(inputSize, featureName).toBeGreaterThan(0)
    if (!mayGiveNothing.has(featureName)) expect(outputSize, featureName).toBeGreaterThan(0)
  }
  const version = records.find(({ featureName }) => featureName === 'run_node')
  expect(version).toMatchObject({ metadata: { option: '--version' }, outputSize: `${process.version}\n`.length })
})

test('users are counted, and named nowhere in the files', () => {
  expect(new Set(records.map(({ userId }) => userId).filter((user) => user !== null)).size).toBe(6)
  expect(demo.bytes).not.toContain('@example.com')
})

import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ROOT } from '../support/child.js'
import { type ExampleRun, outcomes, runExample } from './run-example.js'

const TESTED = [
  'ai-provider.js',
  'existing-opentelemetry.js',
  'manual-tracking.js',
  'mcp-server.js',
  'system-monitor.js',
]

test('every example is tested', () => {
  expect(readdirSync(`${ROOT}examples`).filter((name) => name.endsWith('.js'))).toEqual(TESTED)
})

test('ai-provider: streams that end, are left, time out and fail', async () => {
  const example = await runExample('ai-provider.js')
  expectGoodEnd(example)
  expect(outcomes(example.records)).toEqual([
    'ai_generation success',
    'ai_generation partial',
    'ai_embedding success',
    'ai_generation timeout',
    'ai_generation failed',
  ])
  const [whole, left, embedding, slow, misspelt] = example.records
  expect(whole).toMatchObject({ category: 'ai_provider', inputSize: 15, outputSize: 99, iterations: 23 })
  expect(whole?.metadata).toEqual({ model: 'fast-model', inputTokens: 4, outputTokens: 23 })
  expect(left).toMatchObject({ iterations: 5, metadata: { model: 'fast-model', outputTokens: 5 } })
  expect(embedding).toMatchObject({ outputSize: 512, metadata: { inputTokens: 7 } })
  expect(slow?.errorMessage).toMatch(/timeout/)
  expect(misspelt?.errorMessage).toBe('the provider answered 404')
  expect(new Set(example.records.map(({ userId }) => userId)).size).toBe(2)
})

test('mcp-server: results with isError and handlers that throw count as failed', async () => {
  const example = await runExample('mcp-server.js')
  expectGoodEnd(example)
  expect(outcomes(example.records)).toEqual([
    'mcp_read_note success',
    'mcp_read_note failed',
    'mcp_count_words success',
    'mcp_fetch_weather failed',
  ])
  expect(example.records.map(({ category }) => category)).toEqual(Array(4).fill('mcp_server'))
  expect(example.records.map(({ errorMessage }) => errorMessage)).toEqual([
    null,
    'there is no note diary',
    null,
    'the station of Bergen does not answer',
  ])
  for (const record of example.records) expect(record.inputSize).toBeGreaterThan(0)
})

test('system-monitor: the figures of this machine are in the metadata', async () => {
  const example = await runExample('system-monitor.js')
  expectGoodEnd(example)
  const counted = process.platform === 'linux' ? 'success' : expect.stringMatching(/success|partial/)
  expect(example.records.map(({ featureName, status }) => [featureName, status])).toEqual([
    ['system_snapshot', 'success'],
    ['cpu_usage', 'success'],
    ['disk_usage', 'success'],
    ['process_count', counted],
    ['disk_usage', 'failed'],
  ])
  expect(example.records[0]).toMatchObject({
    category: 'sysmon',
    metadata: {
      cpuCores: expect.any(Number),
      memoryUsedPercent: expect.any(Number),
      diskUsedPercent: expect.any(Number),
    },
  })
  expect(example.records[0]?.outputSize).toBeGreaterThan(0)
})

test('existing-opentelemetry: the application keeps its spans, and features are stored besides', async () => {
  const example = await runExample('existing-opentelemetry.js')
  expectGoodEnd(example)
  expect(outcomes(example.records)).toEqual(['price_lookup success', 'price_lookup failed'])
  expect(example.records[0]).toMatchObject({ category: 'database_operation', inputSize: 6, outputSize: 1 })
  expect(example.stdout).toContain(
    '\n  GET /price\n    price_lookup\n      SELECT price\n  GET /price\n    price_lookup\n',
  )
})

test('manual-tracking: what is never completed is stored as partial', async () => {
  const example = await runExample('manual-tracking.js')
  expectGoodEnd(example)
  expect(outcomes(example.records)).toEqual([
    'agent_job success',
    'agent_job success',
    'agent_job failed',
    'agent_job partial',
  ])
  expect(example.records.map(({ iterations }) => iterations)).toEqual([1, 2, 3, 1])
  expect(example.records.map(({ outputSize }) => outputSize)).toEqual([22, 21, 0, 0])
  expect(example.records.map(({ metadata }) => metadata['document'])).toEqual([
    'annual.txt',
    'flaky.txt',
    'broken.txt',
    'never.txt',
  ])
  expect(example.records[2]?.errorMessage).toBe('the document cannot be parsed')
})

function expectGoodEnd({ code, stderr, stdout, dbPath, bytes }: ExampleRun): void {
  expect(stderr).toBe('')
  expect(code).toBe(0)
  expect(stdout).toContain(dbPath)
  expect(bytes).not.toContain('@example.com')
}

import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { FeatureUsageRecord } from '../../src/index.js'
import { ROOT, run } from '../support/child.js'
import { tempDatabase } from '../support/temp.js'

const FOLDER = join(ROOT, 'test/fixtures/mcp-v1')

interface Answer {
  readonly plain: unknown[]
  readonly got: unknown[]
  readonly records: FeatureUsageRecord[]
  readonly health: object
}

async function answer(how: string, format: string): Promise<Answer> {
  const env = { FEATURE_TRACKING_DB_PATH: tempDatabase() }
  const { code, stdout, stderr } = await run(process.execPath, [join(FOLDER, 'program.js'), how, format], env)
  if (code !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as Answer
}

/** Needs the registry once: npm ci of 98 packages. */
describe('a server of the SDK, version 1', () => {
  beforeAll(async () => {
    const { code, stderr } = await run('npm', ['ci', '--prefix', FOLDER, '--no-audit', '--no-fund', '--ignore-scripts'])
    if (code !== 0) throw new Error(stderr)
  }, 300_000)

  it.each([
    ['server', 'esm'],
    ['server', 'cjs'],
    ['module', 'esm'],
    ['module', 'cjs'],
  ])('%s, %s: answers as without tracking, and each call is a record', async (how, format) => {
    const { plain, got, records, health } = await answer(how, format)
    expect(got).toEqual(plain)
    expect(records.map(({ featureName, status }) => `${featureName}: ${status}`).toSorted()).toEqual([
      'prompts/get greet: success',
      'prompts/get: failed',
      'resources/read motd: success',
      'resources/read note: success',
      'resources/read: failed',
      'tools/call echo: failed',
      'tools/call echo: success',
      'tools/call refuses: failed',
      'tools/call throws: failed',
      'tools/call: failed',
    ])
    expect(new Set(records.map(({ category }) => category))).toEqual(new Set(['mcp_server']))
    expect(new Set(records.map(({ sessionId }) => sessionId))).toEqual(new Set(['session-of-transport']))
    expect(records[0]?.metadata).toEqual({
      mcp_client_name: 'tester',
      mcp_client_version: '9.1',
      mcp_protocol_version: expect.stringMatching(/^20\d\d-\d\d-\d\d$/),
    })
    expect(health).toEqual({})
  })

  it('may be a low-level one', async () => {
    const { plain, got, records } = await answer('low', 'esm')
    expect(got).toEqual(plain)
    expect(records.filter(({ status }) => status === 'success').map(({ featureName }) => featureName)).toContain(
      'tools/call echo',
    )
  })
})

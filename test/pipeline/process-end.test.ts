import { describe, expect, it } from 'vitest'
import { runNode } from '../support/child.js'
import { sql } from '../support/original.js'
import { tempDatabase } from '../support/temp.js'

const CALLS = 1234

/** The default tracker of a process without OpenTelemetry. */
const TRACKER = `
  import { trackFeature } from '@cloudcurio/feature-tracking'
  const call = trackFeature('search')(() => 1)`

/** An application with a provider of its own, which it never flushes. */
const HOST = `
  import { trace } from '@opentelemetry/api'
  import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
  import { trackFeature } from '@cloudcurio/feature-tracking'
  import { FeatureSpanProcessor } from '@cloudcurio/feature-tracking/pipeline'
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new FeatureSpanProcessor()] }))
  const call = trackFeature('search')(() => 1)`

const MANY = `for (let count = 0; count < ${CALLS}; count++) call()`

async function ended(program: string) {
  const dbPath = tempDatabase()
  const { code, signal, stderr } = await runNode(program, { env: { FEATURE_TRACKING_DB_PATH: dbPath } })
  const [row] = sql<{ n: number }>(dbPath, 'SELECT count(*) AS n FROM feature_usage')
  return { code, signal, rows: row?.n, stderr }
}

describe.each([
  ['the tracker', TRACKER],
  ['a provider of the application', HOST],
])('every call is stored by %s when the process ends', (_what, setUp) => {
  it('naturally', async () => {
    expect(await ended(`${setUp}; ${MANY}`)).toEqual({ code: 0, signal: null, rows: CALLS, stderr: '' })
  })

  it('by process.exit()', async () => {
    expect(await ended(`${setUp}; ${MANY}; process.exit(3)`)).toEqual({
      code: 3,
      signal: null,
      rows: CALLS,
      stderr: '',
    })
  })

  it('by an uncaught exception', async () => {
    const result = await ended(`${setUp}; ${MANY}; throw new Error('theirs')`)
    expect(result).toMatchObject({ code: 1, signal: null, rows: CALLS })
    expect(result.stderr).toContain('Error: theirs')
  })
})

describe('every call is stored when the process ends', () => {
  it('naturally, after one call', async () => {
    expect(await ended(`${TRACKER}; call()`)).toEqual({ code: 0, signal: null, rows: 1, stderr: '' })
  })

  it('naturally, and work that beforeExit starts is stored too', async () => {
    const late = `let isLate = false; process.on('beforeExit', () => { if (!isLate) { isLate = true; setImmediate(() => call()) } })`
    expect(await ended(`${TRACKER}; ${MANY}; ${late}`)).toMatchObject({ code: 0, rows: CALLS + 1 })
  })

  it('by process.exit() after one call', async () => {
    expect(await ended(`${TRACKER}; call(); process.exit()`)).toEqual({ code: 0, signal: null, rows: 1, stderr: '' })
  })

  it('by process.exit() in a later turn, with batches under way', async () => {
    expect(await ended(`${TRACKER}; ${MANY}; setImmediate(() => { ${MANY}; process.exit(0) })`)).toMatchObject({
      code: 0,
      rows: 2 * CALLS,
    })
  })

  it('by a rejection that nobody handles', async () => {
    const result = await ended(
      `${TRACKER}; ${MANY}; void Promise.reject(new Error('theirs')); setInterval(() => {}, 1000)`,
    )
    expect(result).toMatchObject({ code: 1, signal: null, rows: CALLS })
    expect(result.stderr).toContain('Error: theirs')
  })

  it('with the exit code that a listener of the application sets', async () => {
    expect(await ended(`${TRACKER}; process.on('exit', () => { process.exitCode = 5 }); ${MANY}`)).toMatchObject({
      code: 5,
      rows: CALLS,
    })
  })
})

import { describe, expect, it } from 'vitest'
import { runNode, startNode } from '../support/child.js'
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

describe('R2: process.exit() inside a tracked function', () => {
  it('loses none of 10,000, and records the call that did not end as partial', async () => {
    const dbPath = tempDatabase()
    const program = `
      import { trackFeature } from '@cloudcurio/feature-tracking'
      let started = 0
      const call = trackFeature('search')((n) => {
        if (n < 9999) return n
        started = performance.now()
        process.on('exit', () => console.log(performance.now() - started))
        process.exit(4)
      })
      for (let n = 0; n < 10_000; n++) call(n)`
    const { code, stdout, stderr } = await runNode(program, { env: { FEATURE_TRACKING_DB_PATH: dbPath } })
    const rows = sql<{ status: string; n: number }>(
      dbPath,
      'SELECT status, count(*) AS n FROM feature_usage GROUP BY status ORDER BY status',
    )
    console.log(`R2: 10000 of 10000 stored, the exit took ${Number(stdout).toFixed(0)} ms`)
    expect({ code, stderr, rows }).toEqual({
      code: 4,
      stderr: '',
      rows: [
        { status: 'partial', n: 1 },
        { status: 'success', n: 9999 },
      ],
    })
  })
})

/** Lives until something ends it, and says when it is ready for that. */
const STAYS = `${MANY}; setInterval(() => {}, 1000); setTimeout(() => console.log('ready'), 50)`

async function signalled(program: string, signal: NodeJS.Signals) {
  const dbPath = tempDatabase()
  const child = startNode(program, { env: { FEATURE_TRACKING_DB_PATH: dbPath } })
  await child.said('ready')
  const sent = performance.now()
  child.kill(signal)
  const { code, signal: died, stdout } = await child.result
  const [row] = sql<{ n: number }>(dbPath, 'SELECT count(*) AS n FROM feature_usage')
  return { code, signal: died, rows: row?.n, stdout, millis: performance.now() - sent }
}

describe('R3: signals', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('%s stores every call, and the process dies of it', async (signal) => {
    const { millis, ...result } = await signalled(`${TRACKER}; ${STAYS}`, signal)
    console.log(`R3: ${signal}: ${result.rows} of ${CALLS} stored, ended after ${millis.toFixed(0)} ms`)
    expect(result).toEqual({ code: null, signal, rows: CALLS, stdout: 'ready\n' })
  })

  it('leaves the end to an application that listens, and stores what it did until then', async () => {
    const theirs = `process.on('SIGTERM', () => { console.log('bye'); setTimeout(() => { call(); process.exit(7) }, 20) })`
    const { millis: _, ...result } = await signalled(`${TRACKER}; ${theirs}; ${STAYS}`, 'SIGTERM')
    expect(result).toEqual({ code: 7, signal: null, rows: CALLS + 1, stdout: 'ready\nbye\n' })
  })

  it('does not wait for package signal-exit, which waits for others', async () => {
    const signalExit = `
      const emitter = { count: 1 }
      Object.defineProperty(globalThis, Symbol.for('signal-exit emitter'), { value: emitter })
      const theirs = (signal) => {
        if (process.listenerCount(signal) !== emitter.count) return
        process.removeListener(signal, theirs)
        console.log('theirs')
        process.kill(process.pid, signal)
      }
      process.on('SIGTERM', theirs)`
    const { millis: _, ...result } = await signalled(`${TRACKER}; ${signalExit}; ${STAYS}`, 'SIGTERM')
    expect(result).toEqual({ code: null, signal: 'SIGTERM', rows: CALLS, stdout: 'ready\ntheirs\n' })
  })

  it('records what is open when the signal comes as partial', async () => {
    const open = `
      import { startCustomTracking } from '@cloudcurio/feature-tracking'
      startCustomTracking('job', 'other')
      trackFeature('wait')(() => new Promise(() => {}))()`
    const { rows } = await signalled(`${TRACKER}; ${open}; ${STAYS}`, 'SIGTERM')
    expect(rows).toBe(CALLS + 2)
  })
})

describe('R3: a natural exit', () => {
  it('stores every call, and says how long it was held up', async () => {
    const dbPath = tempDatabase()
    const program = `${TRACKER}
      call()
      await new Promise((resolve) => setTimeout(resolve, 300))
      ${MANY}
      const start = performance.now()
      process.on('exit', () => console.log(performance.now() - start))`
    const { code, stdout, stderr } = await runNode(program, { env: { FEATURE_TRACKING_DB_PATH: dbPath } })
    const [row] = sql<{ n: number }>(dbPath, 'SELECT count(*) AS n FROM feature_usage')
    console.log(`R3: natural exit: ${row?.n} of ${CALLS + 1} stored, held up ${Number(stdout).toFixed(0)} ms`)
    expect({ code, stderr, rows: row?.n }).toEqual({ code: 0, stderr: '', rows: CALLS + 1 })
  })
})

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { nodeJson, runNode } from '../support/child.js'
import { tempDatabase } from '../support/temp.js'

/** Collects what is sent to it as OTLP. */
async function receiver(): Promise<{ url: string; bodies: Buffer[]; paths: string[]; close: () => Promise<void> }> {
  const bodies: Buffer[] = []
  const paths: string[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks))
      paths.push(request.url ?? '')
      response.setHeader('content-type', 'application/json').end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    bodies,
    paths,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
      }),
  }
}

const CANARIES = 1000

/** Every way in which a user's id can come in. The process is killed at the end, so that the WAL stays. */
const PROGRAM = `
import { featureTracker, trackFeature, withFeature, startCustomTracking, completeCustomTracking, activeFeature, withUser, identify, withIdentity, carryContext } from '@cloudcurio/feature-tracking'
import { propagation, context, trace } from '@opentelemetry/api'
import { inspect } from 'node:util'
const canary = (n) => 'canary-' + String(n).padStart(4, '0') + '@users.example'
const tracked = trackFeature({ featureName: 'call', userId: (id) => id, metadata: (id) => ({ userId: id, user: { email: id }, note: 'for ' + id }) })((id, fail) => {
  activeFeature().setMetadata({ email: id, list: [id] })
  if (fail) throw new Error('no such user ' + id)
  return id
})
const quick = trackFeature('quick')(() => 1)
const failing = trackFeature('failing')((text) => { throw new Error(text) })
for (let n = 0; n < ${CANARIES}; n++) {
  const id = canary(n)
  try { tracked(id, n % 3 === 0) } catch {}
  if (n % 10 === 0) {
    withFeature({ featureName: 'block', userId: id }, (feature) => { feature.setStatus('failed', 'refused ' + id) })
    completeCustomTracking(startCustomTracking({ featureName: 'custom', userId: id, metadata: { login: id } }), { status: 'partial', errorMessage: id + ' left' })
    withUser(id, () => {
      quick()
      try { failing('refused ' + id) } catch {}
      // What could leave the process with a request or in a log.
      const carrier = {}
      propagation.inject(context.active(), carrier)
      console.error(JSON.stringify([carrier, carryContext()]), inspect(context.active(), { depth: 9, showHidden: true }))
      withFeature({ featureName: 'outer' }, () => trace.getTracer('theirs').startSpan('their span').end())
    })
    withIdentity({}, () => { identify({ userId: id }); quick() })
    trackFeature('secret-feature', 'other', { userId: id, metadata: { secret: 'secret-metadata' } })(() => 'secret-result')()
  }
}
await featureTracker.flush()
await trace.getTracerProvider().getDelegate().forceFlush()
console.log(JSON.stringify(await featureTracker.getUsageStats()))
process.kill(process.pid, 'SIGKILL')
`

describe('R35, R37: what must not be found', () => {
  it(`${CANARIES} user ids, and an excluded feature, are in no file and in no OTLP request`, async () => {
    const dbPath = tempDatabase()
    const otlp = await receiver()
    const { stdout, stderr } = await runNode(PROGRAM, {
      env: {
        FEATURE_TRACKING_DB_PATH: dbPath,
        OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url,
        FEATURE_TRACKING_EXCLUDE: 'secret-*',
      },
    })
    await otlp.close()
    expect(JSON.parse(stdout)).toMatchObject({ totalCalls: CANARIES * 1.6, users: CANARIES })
    const folder = dirname(dbPath)
    const files = readdirSync(folder)
    expect(files).toEqual(expect.arrayContaining(KINDS))
    const found = [...files.map((name) => readFileSync(join(folder, name))), ...otlp.bodies, Buffer.from(stderr)]
    expect(new Set(otlp.paths)).toEqual(new Set(['/v1/traces']))
    expect(otlp.bodies.reduce((sum, body) => sum + body.length, 0)).toBeGreaterThan(100_000)
    // All ids begin and end alike: where neither end is found, none of them is.
    const needles = ['canary-', '@users.example', 'secret-'].flatMap(formsOf)
    const hits = found.flatMap((bytes) => {
      const text = bytes.toString('latin1')
      return needles.filter((form) => text.includes(form))
    })
    expect(hits).toEqual([])
    expect(stderr).toContain('feature-tracking.user.hash')
    console.log(`R35: ${CANARIES} ids looked for raw, in base64 and hex in ${found.length} files and requests, 0 found`)
  })

  it('are found when anonymisation is off: the search can find', async () => {
    const dbPath = tempDatabase()
    await runNode(PROGRAM, { env: { FEATURE_TRACKING_DB_PATH: dbPath, FEATURE_TRACKING_ANONYMIZE: 'false' } })
    const bytes = readdirSync(dirname(dbPath)).map((name) =>
      readFileSync(join(dirname(dbPath), name)).toString('latin1'),
    )
    expect(bytes.some((text) => text.includes('canary-0999@users.example'))).toBe(true)
    expect(bytes.some((text) => text.includes('secret-feature'))).toBe(true)
  })
})

/** A text as it is, in hexadecimal, and in base64 at each of the three offsets that it can have in a longer text. */
function formsOf(text: string): string[] {
  const bytes = Buffer.from(text)
  const shifted = [0, 1, 2].map((pad) => Buffer.concat([Buffer.alloc(pad), bytes]).toString('base64'))
  // The characters at both ends also depend on the neighbours.
  return [text, bytes.toString('hex'), ...shifted.map((code) => code.slice(4, -4))]
}

/** What lies beside a database that is in use; a spool file may be there or not, as the writer's work goes. */
const KINDS = ['usage.db', 'usage.db-shm', 'usage.db-wal', 'usage.db.key']

describe('R38: modes', () => {
  it('under umask 000 the folder is 0700, and database, WAL and key are 0600', async () => {
    const dbPath = join(dirname(tempDatabase()), 'made', 'deep', 'usage.db')
    await runNode(PROGRAM.replace('const canary', 'process.umask(0)\nconst canary'), {
      env: { FEATURE_TRACKING_DB_PATH: dbPath },
    })
    const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8)
    expect(mode(dirname(dbPath))).toBe('700')
    expect(mode(dirname(dirname(dbPath)))).toBe('700')
    const files = readdirSync(dirname(dbPath))
    expect(files).toEqual(expect.arrayContaining(KINDS))
    expect(new Set(files.map((name) => mode(join(dirname(dbPath), name))))).toEqual(new Set(['600']))
  })
})

describe('by default', () => {
  it('nothing of the SDK, no database and no thread is there after an import', async () => {
    const result = await nodeJson<{ modules: string[]; handles: number }>(`
      await import('@cloudcurio/feature-tracking')
      await import('@cloudcurio/feature-tracking/store')
      await import('@cloudcurio/feature-tracking/exporters')
      await import('@cloudcurio/feature-tracking/pipeline')
      const { createRequire } = await import('node:module')
      const loaded = Object.keys(createRequire(process.cwd() + '/x.js').cache)
      console.log(JSON.stringify({ modules: loaded.filter((path) => /sdk-|otlp|resources|context-async/.test(path)), handles: process._getActiveHandles().filter((handle) => handle.constructor.name.includes('Port')).length }))
    `)
    expect(result).toEqual({ modules: [], handles: 0 })
  })
})

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { run } from '../support/child.js'
import { sql } from '../support/original.js'
import { decodeOtlp, type DecodedSpan } from '../support/otlp-decoder.js'
import { otlpReceiver } from '../support/otlp-receiver.js'
import { APP, application, HTTP, REGISTER, runIn, SDK } from './application.js'

interface Row {
  readonly feature_name: string
  readonly category: string
  readonly status: string
}

const rows = (folder: string): string[] =>
  sql<Row>(join(folder, 'usage.db'), 'SELECT * FROM feature_usage')
    .map(({ feature_name, category, status }) => `${feature_name} ${category} ${status}`)
    .toSorted()

/** The names of a span and of those around it, the span first. */
function path(span: DecodedSpan, spans: readonly DecodedSpan[]): string {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId)
  return parent === undefined ? `${span.kind} ${span.name}` : `${span.kind} ${span.name} < ${path(parent, spans)}`
}

describe('node --import …/register', () => {
  it.each([
    ['app.mjs', 'NodeSDK', [SDK, HTTP]],
    ['app.cjs', 'NodeSDK', [SDK, HTTP]],
    ['app.mjs', 'our own provider', [HTTP]],
    ['app.cjs', 'our own provider', [HTTP]],
  ])('%s with %s: instrumentation, features and OTLP, with no change to the code', async (file, _sdk, packages) => {
    const { endpoint, received } = await otlpReceiver()
    const folder = application(packages, APP)
    const { code, stdout, stderr } = await runIn(folder, [...REGISTER, file], {
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_SERVICE_NAME: 'shop',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      FEATURE_TRACKING_PROMOTE: 'http',
    })
    expect({ code, stdout, stderr }).toEqual({ code: 3, stdout: '{"id":"/users/7"}\n', stderr: '' })
    expect(rows(folder)).toEqual(['GET web_interface success', 'find_user database_operation success'])
    const spans = received.flatMap(decodeOtlp)
    expect(spans.map((span) => path(span, spans)).toSorted()).toEqual([
      '1 find_user < 2 GET < 3 GET',
      '2 GET < 3 GET',
      '3 GET',
    ])
    for (const { resource } of spans)
      expect(resource).toMatchObject({
        'service.name': 'shop',
        'deployment.environment.name': 'test',
        'process.pid': expect.any(Number) as number,
      })
  })

  it('obeys sampler, propagators, and the lists of instrumentation', async () => {
    const { endpoint, received } = await otlpReceiver()
    const cases: [Record<string, string>, readonly string[], readonly string[]][] = [
      [{ OTEL_TRACES_SAMPLER: 'always_off' }, [SDK, HTTP], []],
      [{ OTEL_PROPAGATORS: 'none' }, [HTTP], ['1 find_user < 2 GET', '2 GET', '3 GET']],
      [{ OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http' }, [SDK, HTTP], ['1 find_user']],
      [{ OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'pg', FEATURE_TRACKING_OTLP: 'off' }, [HTTP], []],
      [{ FEATURE_TRACKING_OTLP: 'features' }, [SDK, HTTP], ['1 find_user']],
    ]
    for (const [variables, packages, expected] of cases) {
      received.length = 0
      const folder = application(packages, APP)
      const env = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...variables }
      expect((await runIn(folder, [...REGISTER, 'app.mjs'], env)).code).toBe(3)
      const spans = received.filter(({ url }) => url === '/v1/traces').flatMap(decodeOtlp)
      expect(spans.map((span) => path(span, spans)).toSorted()).toEqual(expected)
      expect(rows(folder)).toEqual(['find_user database_operation success'])
    }
  })

  it('sends nothing anywhere unless it is asked to', async () => {
    const folder = application([SDK, HTTP], APP)
    // NodeSDK by itself would try port 4318 of this machine for traces, metrics and logs, and say that it failed.
    const { stderr } = await runIn(folder, [...REGISTER, 'app.cjs'], { OTEL_LOG_LEVEL: 'warn' })
    expect(stderr).toBe('')
    const console_ = await runIn(folder, [...REGISTER, 'app.cjs'], { OTEL_TRACES_EXPORTER: 'console' })
    expect(console_.stdout).toContain("name: 'find_user'")
  })

  it('sets nothing up with OTEL_SDK_DISABLED, nor where tracking is off', async () => {
    const { endpoint, received } = await otlpReceiver()
    for (const [variable, kept] of [
      ['OTEL_SDK_DISABLED', ['find_user database_operation success']],
      ['FEATURE_TRACKING_ENABLED', undefined],
    ] as const) {
      const folder = application([SDK, HTTP], APP)
      const value = variable === 'OTEL_SDK_DISABLED' ? 'true' : 'false'
      const env = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, [variable]: value }
      expect((await runIn(folder, [...REGISTER, 'app.mjs'], env)).code).toBe(3)
      if (kept === undefined) expect(existsSync(join(folder, 'usage.db'))).toBe(false)
      else expect(rows(folder)).toEqual(kept)
    }
    expect(received).toEqual([])
  })

  it('says once on standard error what to install where there is nothing to instrument', async () => {
    const folder = application([], { 'app.mjs': 'console.log(1)' })
    const typed = await runIn(folder, [...REGISTER, 'app.mjs'])
    expect(typed.stderr).toMatch(
      /^feature-tracking: no instrumentation is installed.*npm install @opentelemetry\/auto-instrumentations-node\n$/,
    )
    expect(typed.stdout).toBe('1\n')
    const inherited = await runIn(folder, ['app.mjs'], { NODE_OPTIONS: REGISTER.join(' ') })
    expect(inherited).toMatchObject({ code: 0, stdout: '1\n', stderr: '' })
    expect(existsSync(join(folder, 'usage.db'))).toBe(false)
  })
})

describe('programs that register comes along with', () => {
  const NODE_OPTIONS = REGISTER.join(' ')

  it('keep their exit codes, signals and output', async () => {
    const folder = application([SDK, HTTP], {
      'exit.mjs': 'process.stdout.write("out"); process.exit(7)',
      'throw.cjs': 'throw new Error("boom")',
      'reject.mjs': 'await Promise.reject(new Error("boom"))',
      'signal.mjs': 'process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000)',
      'child.mjs': `import { spawnSync } from 'node:child_process'
        const { status, stdout, stderr } = spawnSync(process.execPath, ['exit.mjs'], { encoding: 'utf8' })
        console.log(status, stdout, stderr)`,
    })
    const results = await Promise.all(
      ['exit.mjs', 'throw.cjs', 'reject.mjs', 'signal.mjs', 'child.mjs'].map((file) =>
        runIn(folder, [file], { NODE_OPTIONS }),
      ),
    )
    expect(results.map(({ code, signal, stdout }) => [code, signal, stdout])).toEqual([
      [7, null, 'out'],
      [1, null, ''],
      [1, null, ''],
      [null, 'SIGTERM', ''],
      [0, null, '7 out \n'],
    ])
    expect(results.map(({ stderr }) => stderr === '' || stderr.includes('boom'))).toEqual([
      true,
      true,
      true,
      true,
      true,
    ])
    expect(existsSync(join(folder, 'usage.db'))).toBe(false)
  })

  it('may be npm and its scripts', async () => {
    const folder = application([SDK, HTTP], {
      'package.json': '{"name":"x","scripts":{"hello":"node -p 6*7"}}',
    })
    const env = { NODE_OPTIONS, npm_config_update_notifier: 'false' }
    const { code, stdout, stderr } = await run('npm', ['run', '--silent', 'hello'], env, folder)
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '42\n', stderr: '' })
  })

  it('have worker threads: the application’s set up each for themselves, the library’s do not', async () => {
    const { endpoint } = await otlpReceiver()
    const folder = application([SDK, HTTP], {
      'app.mjs': `import { isMainThread, Worker } from 'node:worker_threads'
        import { featureTracker, trackFeature } from '@cloudcurio/feature-tracking'
        trackFeature(isMainThread ? 'in_main' : 'in_worker')(() => 1)()
        await featureTracker.flush()
        if (isMainThread) new Worker(new URL(import.meta.url)).on('exit', (code) => console.log('worker ended', code))`,
    })
    const { code, stdout } = await runIn(folder, [...REGISTER, 'app.mjs'], {
      OTEL_LOG_LEVEL: 'info',
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
    })
    expect(code).toBe(0)
    expect(stdout).toContain('worker ended 0')
    // Two storage threads, two sending threads and the module loader's have run besides.
    expect(stdout.match(/feature-tracking: registered/g)).toHaveLength(2)
    expect(rows(folder)).toEqual(['in_main other success', 'in_worker other success'])
  })
})

const HOST = `
import { NodeSDK, tracing } from '@opentelemetry/sdk-node'
export const exported = new tracing.InMemorySpanExporter()
new NodeSDK({
  spanProcessors: [new tracing.SimpleSpanProcessor(exported)],
  metricReaders: [],
  logRecordProcessors: [],
  autoDetectResources: false,
}).start()`

describe('an application that has OpenTelemetry already', () => {
  const files = {
    'host.mjs': HOST,
    'app.mjs': `${HOST}
      import { createServer, get } from 'node:http'
      import { trace } from '@opentelemetry/api'
      const server = createServer((request, response) => {
        trace.getTracer('app').startActiveSpan('work', (span) => { span.end(); response.end() })
      }).listen(0, '127.0.0.1', () => {
        get('http://127.0.0.1:' + server.address().port, (response) => response.resume().on('end', () => {
          console.log(JSON.stringify(exported.getFinishedSpans().map(({ name, parentSpanContext }) => [name, parentSpanContext?.spanId])))
          server.close()
        }))
      })`,
    'plain.mjs': 'console.log("runs")',
  }

  it('afterwards: register gives way, and what the application exports has no parents that it never sees', async () => {
    const { endpoint, received } = await otlpReceiver()
    const folder = application([SDK, HTTP], files)
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }
    const { code, stdout } = await runIn(folder, [...REGISTER, 'app.mjs'], env)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual([['work', null]])
    expect(received).toEqual([])
  })

  it('before, by another --import: register leaves it alone', async () => {
    const folder = application([SDK, HTTP], files)
    const { code, stdout } = await runIn(folder, ['--import', './host.mjs', ...REGISTER, 'plain.mjs'], {
      OTEL_LOG_LEVEL: 'info',
    })
    expect(code).toBe(0)
    expect(stdout).toMatch(/has an OpenTelemetry provider already: register leaves it alone\nruns\n$/)
  })
})

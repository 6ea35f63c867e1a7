import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { median } from './measure.js'
import type { Options } from './options.js'
import type { Result } from './result.js'
import { ROOT } from './root.js'

const SDK = '@opentelemetry/sdk-node'
const HTTP = '@opentelemetry/instrumentation-http'

/** What an application does by hand that has the same instrumentation. */
const BY_HAND = `
import { register } from 'node:module'
import { HttpInstrumentation } from '${HTTP}'
import { NodeSDK, tracing } from '${SDK}'
register('${HTTP.replace('-http', '')}/hook.mjs', import.meta.url)
new NodeSDK({
  spanProcessors: [new tracing.SimpleSpanProcessor(new tracing.InMemorySpanExporter())],
  instrumentations: [new HttpInstrumentation()],
  metricReaders: [],
  logRecordProcessors: [],
}).start()`

/** An application in a folder of its own that has these packages of the repository. */
function application(folder: string, name: string, packages: readonly string[]): string {
  const place = join(folder, name)
  for (const one of ['@opentelemetry/api', '@opentelemetry/instrumentation', ...packages])
    link(place, one, join(ROOT, 'node_modules', one))
  link(place, '@cloudcurio/feature-tracking', ROOT)
  writeFileSync(join(place, 'by-hand.mjs'), BY_HAND)
  writeFileSync(join(place, 'app.mjs'), "import 'node:http'")
  return place
}

function link(place: string, name: string, target: string): void {
  const path = join(place, 'node_modules', name)
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(target, path)
}

/** Milliseconds from the start of a process to its end. */
function runMillis(cwd: string, preload: string | undefined): number {
  const start = performance.now()
  const args = preload === undefined ? ['app.mjs'] : ['--import', preload, 'app.mjs']
  execFileSync(process.execPath, args, { cwd, stdio: 'ignore' })
  return performance.now() - start
}

/** What `register` adds to the start of a process, beside NodeSDK with the same instrumentation set up by hand. */
export async function benchRegister({ runs }: Options): Promise<Result[]> {
  const folder = mkdtempSync(join(tmpdir(), 'feature-tracking-bench-'))
  try {
    const [withSdk, without] = [application(folder, 'sdk', [SDK, HTTP]), application(folder, 'own', [HTTP])]
    const register = '@cloudcurio/feature-tracking/register'
    const ways = [
      [withSdk, undefined],
      [withSdk, './by-hand.mjs'],
      [withSdk, register],
      [without, register],
    ] as const
    const times = ways.map((): number[] => [])
    for (let run = 0; run < 2 * runs + 1; run++)
      for (const [index, [cwd, preload]] of ways.entries()) times[index]?.push(runMillis(cwd, preload))
    const [plain = 0, byHand = 0, sdk = 0, own = 0] = times.map(median)
    const baseline = 'NodeSDK by hand, over Node alone'
    const over = (name: string, value: number): Result => ({
      name,
      value: value - plain,
      unit: 'ms',
      baseline,
      ratio: (value - plain) / (byHand - plain),
    })
    return [
      { name: baseline, value: byHand - plain, unit: 'ms' },
      over('register with NodeSDK, over Node alone', sdk),
      over('register with our own provider, over Node alone', own),
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

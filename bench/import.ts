import { execFileSync } from 'node:child_process'
import { median } from './measure.js'
import type { Options } from './options.js'
import { atMost, type Result } from './result.js'
import { ROOT } from './root.js'

const SDK = '@opentelemetry/sdk-trace-base'

/** Milliseconds that importing modules takes in a process of its own. */
function importMillis(specifiers: readonly string[]): number {
  const imports = specifiers.map((name) => `await import(${JSON.stringify(name)})`).join('; ')
  const program = `const start = performance.now(); ${imports}; console.log(performance.now() - start)`
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  return Number(output)
}

/** Import time of the package beside and on top of the SDK, which an application with OpenTelemetry imports anyway. */
export async function benchImport({ runs }: Options): Promise<Result[]> {
  const ways = [[SDK], ['@cloudcurio/feature-tracking'], [SDK, '@cloudcurio/feature-tracking']] as const
  const times = ways.map((): number[] => [])
  for (let run = 0; run < 2 * runs + 1; run++)
    for (const [index, specifiers] of ways.entries()) times[index]?.push(importMillis(specifiers))
  const [sdk = 0, alone = 0, both = 0] = times.map(median)
  return [
    { name: SDK, value: sdk, unit: 'ms' },
    { name: 'the package alone', value: alone, unit: 'ms', baseline: SDK, ratio: alone / sdk },
    { name: 'the package alone, over the SDK alone', value: alone - sdk, unit: 'ms', goals: [atMost(30, 'value')] },
    {
      name: 'the package where the SDK is imported already',
      value: both - sdk,
      unit: 'ms',
      goals: [atMost(30, 'value')],
    },
  ]
}

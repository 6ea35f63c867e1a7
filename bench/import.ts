import { execFileSync } from 'node:child_process'
import { median } from './measure.js'

const RUNS = 15

/** Milliseconds that importing a module takes in a process of its own. */
function importMillis(specifier: string): number {
  const program = `const start = performance.now(); await import(${JSON.stringify(specifier)}); console.log(performance.now() - start)`
  return Number(execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' }))
}

/** Import time of the package against that of the SDK that an application with OpenTelemetry imports anyway. */
export function benchImport(): void {
  const modules = ['@opentelemetry/sdk-trace-base', '@opentelemetry/api', '@cloudcurio/feature-tracking'] as const
  const times = new Map(modules.map((name) => [name, [] as number[]]))
  for (let run = 0; run < RUNS; run++) for (const name of modules) times.get(name)?.push(importMillis(name))
  const base = median(times.get('@opentelemetry/sdk-trace-base') as number[])
  console.log('\nImport time   (ratio to: @opentelemetry/sdk-trace-base)')
  for (const [name, values] of times) {
    const millis = median(values)
    console.log(
      `  ${name.padEnd(32)}  ${millis.toFixed(1).padStart(7)} ms  ${(millis / base).toFixed(2).padStart(6)} ×`,
    )
  }
}

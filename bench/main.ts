import { arch, cpus } from 'node:os'
import { growthOf } from './growth.js'
import { type CommandLine, readCommandLine, USAGE } from './options.js'
import { runText } from './print.js'
import { type Benchmark, BENCHMARKS } from './registry.js'
import { isWrong, type Run, Skipped } from './result.js'
import { keepRun, writeRuns } from './results-file.js'

/** @throws TypeError for a name that is no benchmark's */
function chosen(names: readonly string[]): readonly Benchmark[] {
  const unknown = names.filter((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name))
  if (unknown.length > 0)
    throw new TypeError(`no benchmark ${unknown.join(', ')}: there are ${BENCHMARKS.map(({ name }) => name).join(' ')}`)
  return names.length === 0 ? BENCHMARKS : BENCHMARKS.filter(({ name }) => names.includes(name))
}

async function runOne(benchmark: Benchmark, { options, said }: CommandLine, rows: number | undefined): Promise<Run> {
  const run = await benchmark.load()
  const results = await run(options, rows ?? 0)
  return {
    benchmark: benchmark.name,
    ...(rows === undefined ? {} : { rows }),
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    cores: cpus().length,
    options: said,
    results,
  }
}

/** The others are run all the same: some take long. */
function fail(name: string, error: unknown): void {
  console.error(`\n${name} failed:`, error)
  process.exitCode = 1
}

async function main(): Promise<void> {
  const line = readCommandLine(process.argv.slice(2))
  if (line.help) {
    console.log(
      `${USAGE}\nBenchmarks:\n${BENCHMARKS.map(({ name, title }) => `  ${name.padEnd(12)}${title}`).join('\n')}`,
    )
    return
  }
  const runs: Run[] = []
  console.log(
    `Node ${process.version}, ${arch()}, ${cpus().length} cores. Ratios count: times differ between machines.`,
  )
  for (const benchmark of chosen(line.names)) {
    for (const rows of benchmark.onTable ? line.options.rows : [undefined]) {
      try {
        const run = await runOne(benchmark, line, rows)
        console.log(runText(`${benchmark.name}: ${benchmark.title}`, run))
        runs.push(run)
        if (run.results.some(isWrong)) process.exitCode = 1
        keepRun(run)
      } catch (error) {
        if (error instanceof Skipped) console.log(`\n${benchmark.name}: left out: ${error.message}`)
        else fail(benchmark.name, error)
      }
    }
  }
  const growth = growthOf(runs)
  if (growth.length > 0) console.log(runText('Growth with the table', { results: growth }))
  if (line.json !== undefined) writeRuns(line.json, runs)
}

await main()

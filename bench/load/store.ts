import { join } from 'node:path'
import { inTempFolder } from '../child.js'
import { copyOfFile, preparedCopy } from '../data/file.js'
import { makeRows } from '../data/rows.js'
import { median } from '../measure.js'
import type { Options } from '../options.js'
import { atLeast, atMost, type Result } from '../result.js'
import { createContenders, type Insertion, NAMES, type StoreContender } from './store-contenders.js'

interface Measured {
  readonly rates: number[]
  walBytes: number
  rssBytes: number
}

/** Contenders store the same rows in turn, so that a machine that grows slower does so for all of them. */
async function measure(contenders: readonly StoreContender[], rows: number, options: Options): Promise<Measured[]> {
  const measured = contenders.map((): Measured => ({ rates: [], walBytes: 0, rssBytes: 0 }))
  for (let run = -1; run < options.runs; run++) {
    const part = [...makeRows(rows + (run + 1) * options.records, options.records, Math.max(rows, 1_000_000))]
    for (const [index, contender] of contenders.entries()) {
      globalThis.gc?.()
      const before = process.memoryUsage().rss
      const insertion = await contender.insert(part)
      if (run >= 0) note(measured[index] as Measured, insertion, before, options.records)
    }
  }
  return measured
}

function note(measured: Measured, { seconds, walBytes, rssBytes }: Insertion, before: number, records: number): void {
  measured.rates.push(records / seconds)
  measured.walBytes = Math.max(measured.walBytes, walBytes)
  measured.rssBytes = Math.max(measured.rssBytes, rssBytes - before)
}

/** Run by run, so that both sides of a ratio come from the same seconds. */
function ratioOf(over: Measured, under: Measured): number {
  return median(over.rates.map((rate, run) => rate / (under.rates[run] as number)))
}

async function measureTable(rows: number, options: Options): Promise<Record<keyof typeof NAMES, Measured>> {
  return inTempFolder(async (folder) => {
    const path = (name: string): string => join(folder, `${name}.db`)
    if (rows > 0) {
      await preparedCopy(rows, path('ours'))
      await copyOfFile(rows, path('same'))
      await copyOfFile(rows, path('plain'))
    }
    const contenders = await createContenders(path)
    const [ours, same, plain] = (await measure(contenders, rows, options)) as [Measured, Measured, Measured]
    for (const contender of contenders) await contender.close()
    return { ours, same, plain }
  })
}

/** Sustained insertion into a table that has rows already, and how it compares with an empty one. */
export async function benchStore(options: Options, rows: number): Promise<Result[]> {
  const empty = await measureTable(0, options)
  const full = await measureTable(rows, options)
  const ours = median(full.ours.rates)
  const rate = (name: keyof typeof NAMES, ratios: Partial<Result> = {}): Result => ({
    name: NAMES[name],
    value: median(full[name].rates),
    unit: '/s',
    ...ratios,
  })
  const megabytes = (bytes: number): number => bytes / 1024 / 1024
  return [
    rate('same'),
    rate('plain'),
    rate('ours', { baseline: NAMES.same, ratio: ratioOf(full.ours, full.same), goals: [atLeast(0.85)], grows: true }),
    rate('ours', { baseline: NAMES.plain, ratio: ratioOf(full.ours, full.plain), goals: [atLeast(2)] }),
    rate('ours', { baseline: 'our own into an empty table', ratio: ours / median(empty.ours.rates) }),
    rate('same', {
      baseline: 'the same into an empty table',
      ratio: median(full.same.rates) / median(empty.same.rates),
    }),
    { name: 'largest WAL, ours', value: megabytes(full.ours.walBytes), unit: 'MB', goals: [atMost(320, 'value')] },
    { name: 'most memory gained in a run, ours', value: megabytes(full.ours.rssBytes), unit: 'MB' },
  ]
}

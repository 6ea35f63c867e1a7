import { join } from 'node:path'
import { inTempFolder } from '../child.js'
import { copyOfFile, preparedCopy } from '../data/file.js'
import { makeRows } from '../data/rows.js'
import { median } from '../measure.js'
import type { Options } from '../options.js'
import { atLeast, atMost, type Result } from '../result.js'
import { createContenders, type Insertion, NAMES, type StoreContender, type StoreName } from './store-contenders.js'

type Three = [Measured, Measured, Measured]

interface Measured {
  readonly rates: number[]
  walBytes: number
  gainedBytes: number
}

/** Contenders store the same rows in turn, so that a machine that grows slower does so for all of them. */
async function measure(contenders: readonly StoreContender[], rows: number, options: Options): Promise<Measured[]> {
  const measured = contenders.map((): Measured => ({ rates: [], walBytes: 0, gainedBytes: 0 }))
  for (let run = -1; run < options.runs; run++) {
    const part = [...makeRows(rows + (run + 1) * options.records, options.records, Math.max(rows, 1_000_000))]
    for (const [index, contender] of contenders.entries()) {
      globalThis.gc?.()
      const insertion = await contender.insert(part)
      if (run >= 0) note(measured[index] as Measured, insertion, options.records)
    }
  }
  return measured
}

function note(measured: Measured, { seconds, walBytes, gainedBytes }: Insertion, records: number): void {
  measured.rates.push(records / seconds)
  measured.walBytes = Math.max(measured.walBytes, walBytes)
  measured.gainedBytes = Math.max(measured.gainedBytes, gainedBytes)
}

/** Run by run, so that both sides of a ratio come from the same seconds. */
function ratioOf(over: Measured, under: Measured): number {
  return median(over.rates.map((rate, run) => rate / (under.rates[run] as number)))
}

/** @param names whose order is that of their turns */
async function measureTable(rows: number, names: readonly StoreName[], options: Options): Promise<Measured[]> {
  return inTempFolder(async (folder) => {
    const path = (name: StoreName): string => join(folder, `${name}.db`)
    if (rows > 0) for (const name of names) await (name === 'ours' ? preparedCopy : copyOfFile)(rows, path(name))
    const contenders = await createContenders(names, path)
    const measured = await measure(contenders, rows, options)
    for (const contender of contenders) await contender.close()
    return measured
  })
}

/** Sustained insertion into a table that has rows already, and how it compares with an empty one. */
export async function benchStore(options: Options, rows: number): Promise<Result[]> {
  const [ours, same, plain] = (await measureTable(rows, ['ours', 'same', 'plain'], options)) as Three
  const [oursEmpty, sameEmpty] = (await measureTable(0, ['ours', 'same'], options)) as Three
  const rate = (name: StoreName, { rates }: Measured, compared: Partial<Result> = {}): Result => ({
    name: NAMES[name],
    value: median(rates),
    unit: '/s',
    ...compared,
  })
  const growth = (full: Measured, empty: Measured): Partial<Result> => ({
    baseline: 'the same into an empty table',
    ratio: median(full.rates) / median(empty.rates),
  })
  const megabytes = (bytes: number): number => bytes / 1024 / 1024
  return [
    rate('same', same, growth(same, sameEmpty)),
    rate('plain', plain),
    rate('ours', ours, { ...growth(ours, oursEmpty), grows: true }),
    rate('ours', ours, { baseline: NAMES.same, ratio: ratioOf(ours, same), goals: [atLeast(0.85)] }),
    rate('ours', ours, { baseline: NAMES.plain, ratio: ratioOf(ours, plain), goals: [atLeast(2)] }),
    { name: 'largest WAL, ours', value: megabytes(ours.walBytes), unit: 'MB', goals: [atMost(64, 'value')] },
    { name: 'most memory gained in a run, ours', value: megabytes(ours.gainedBytes), unit: 'MB' },
  ]
}

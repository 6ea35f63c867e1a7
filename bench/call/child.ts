import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { childParams, inTempFolder } from '../child.js'
import { clockNanos, mainThreadNanos, median } from '../measure.js'
import { ROOT } from '../root.js'
import { bareSpan } from './bare.js'
import { ours } from './ours.js'
import type { Subject } from './subject.js'

/** What the parent asks for. */
export interface CallParams {
  readonly subject: string
  /** File below bench/neighbours; one of ours where it is absent. */
  readonly file?: string
  /** Where the neighbour may send what it has to send. */
  readonly port?: number
  readonly rounds: number
  readonly runs: number
  /** Calls between two waits for what was handed over: a writer must keep up, as where an application also rests. */
  readonly chunk: number
}

/** Nanoseconds of the main thread for one call. */
export interface CallTime {
  /** In the call alone. */
  readonly call: number
  /** With what comes after it on the main thread: the hand-over, the answer, the export. */
  readonly whole: number
}

export type CallTimes = Record<'sync' | 'async', { readonly bare: CallTime; readonly tracked: CallTime }>

type Chunk = () => void | Promise<void>

function chunkOf(subject: Subject, kind: 'sync' | 'async', count: number): Chunk {
  const calls = callsOf(subject, kind, count)
  return subject.around === undefined ? calls : () => subject.around?.(calls)
}

function callsOf(subject: Subject, kind: 'sync' | 'async', count: number): Chunk {
  if (kind === 'sync')
    return () => {
      for (let call = 0; call < count; call++) subject.sync(call)
    }
  return async () => {
    for (let call = 0; call < count; call++) await subject.async(call)
  }
}

/** The whole and the call alone are timed in runs of their own: reading the clock disturbs what comes after. */
async function timeWhole(subject: Subject, chunk: Chunk, chunks: number): Promise<number> {
  const start = mainThreadNanos()
  for (let done = 0; done < chunks; done++) {
    await chunk()
    await subject.settle()
  }
  return (mainThreadNanos() - start) / chunks
}

async function timeCall(subject: Subject, chunk: Chunk, chunks: number, clock: number): Promise<number> {
  let nanos = 0
  for (let done = 0; done < chunks; done++) {
    const start = mainThreadNanos()
    await chunk()
    nanos += mainThreadNanos() - start - clock
    await subject.settle()
  }
  return nanos / chunks
}

async function timeKind(
  subjects: readonly Subject[],
  kind: 'sync' | 'async',
  { rounds, runs, chunk: count }: CallParams,
): Promise<CallTime[]> {
  const chunks = Math.max(1, Math.round(rounds / count))
  const clock = clockNanos()
  const times = subjects.map(() => ({ call: [] as number[], whole: [] as number[] }))
  for (let run = -2; run < runs; run++) {
    for (const [index, subject] of subjects.entries()) {
      const chunk = chunkOf(subject, kind, count)
      const whole = await timeWhole(subject, chunk, chunks)
      const call = await timeCall(subject, chunk, chunks, clock)
      if (run < 0) continue
      times[index]?.whole.push(whole / count)
      times[index]?.call.push(call / count)
    }
  }
  return times.map(({ call, whole }) => ({ call: median(call), whole: median(whole) }))
}

async function subjectOf({ subject, file, port }: CallParams, folder: string): Promise<Subject> {
  if (file === undefined) return ours(subject, folder)
  const module = (await import(pathToFileURL(join(ROOT, 'bench/neighbours', file)).href)) as {
    setUp(port: number): Promise<Subject>
  }
  return module.setUp(port as number)
}

async function main(folder: string): Promise<CallTimes> {
  const params = childParams() as CallParams
  const tracked = await subjectOf(params, folder)
  // A neighbour may have registered one of its own; then this one is refused and the bare span goes through that.
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const subjects = [bareSpan(), tracked]
  const [bareSync, trackedSync] = (await timeKind(subjects, 'sync', params)) as [CallTime, CallTime]
  const [bareAsync, trackedAsync] = (await timeKind(subjects, 'async', params)) as [CallTime, CallTime]
  const stored = await tracked.stop()
  const { rounds, runs, chunk } = params
  const made = 2 * 2 * (runs + 2) * Math.max(1, Math.round(rounds / chunk)) * chunk
  if (stored !== undefined && stored !== made) throw new Error(`${stored} of ${made} calls were stored`)
  return { sync: { bare: bareSync, tracked: trackedSync }, async: { bare: bareAsync, tracked: trackedAsync } }
}

const times = await inTempFolder(main)
console.log(`\n${JSON.stringify(times)}`)
process.exit(0)

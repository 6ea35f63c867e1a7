import type { Options } from './options.js'
import type { Result } from './result.js'

/** A benchmark as a file has it. `rows` is the table's size, for those that are run for each size. */
export type BenchmarkRun = (options: Options, rows: number) => Promise<Result[]>

export interface Benchmark {
  readonly name: string
  readonly title: string
  /** It works on a table, and is run for each size that is asked for. */
  readonly onTable: boolean
  readonly load: () => Promise<BenchmarkRun>
}

/** Every benchmark, in the order in which they run and are shown. */
export const BENCHMARKS: readonly Benchmark[] = [
  {
    name: 'call',
    title: 'A tracked call on the main thread, hand-over to the writer included',
    onTable: false,
    load: async () => (await import('./call/call.js')).benchCall,
  },
  {
    name: 'durability',
    title: 'The same with `durability: process`',
    onTable: false,
    load: async () => (await import('./call/durability.js')).benchDurability,
  },
  {
    name: 'promotion',
    title: 'Spans of other instrumentation with promotion on',
    onTable: false,
    load: async () => (await import('./promotion/promotion.js')).benchPromotion,
  },
  {
    name: 'neighbours',
    title: 'What users would pick instead, in the call',
    onTable: false,
    load: async () => (await import('./call/neighbours.js')).benchNeighbours,
  },
  {
    name: 'import',
    title: 'Importing the package',
    onTable: false,
    load: async () => (await import('./import.js')).benchImport,
  },
  {
    name: 'register',
    title: 'Starting with `node --import …/register`',
    onTable: false,
    load: async () => (await import('./register.js')).benchRegister,
  },
  {
    name: 'store',
    title: 'Records stored a second',
    onTable: true,
    load: async () => (await import('./load/store.js')).benchStore,
  },
  {
    name: 'processes',
    title: 'Many processes that write to one file',
    onTable: true,
    load: async () => (await import('./load/processes.js')).benchProcesses,
  },
  {
    name: 'delay',
    title: 'Event-loop delay while records are made',
    onTable: true,
    load: async () => (await import('./load/delay.js')).benchDelay,
  },
  {
    name: 'server',
    title: "Requests of the dashboard's views, and live streams",
    onTable: true,
    load: async () => (await import('./server/server.js')).benchServer,
  },
  {
    name: 'views',
    title: "The dashboard's views in a browser",
    onTable: true,
    load: async () => (await import('./server/views.js')).benchViews,
  },
  {
    name: 'commands',
    title: 'Commands, from process start to end',
    onTable: true,
    load: async () => (await import('./commands.js')).benchCommands,
  },
  {
    name: 'memory',
    title: 'Memory of a process that tracks',
    onTable: false,
    load: async () => (await import('./load/memory.js')).benchMemory,
  },
  {
    name: 'queries',
    title: 'Questions, p95 of their times',
    onTable: true,
    load: async () => (await import('./queries/queries.js')).benchQueries,
  },
  {
    name: 'recent',
    title: 'The last 100 records under every combination of filters',
    onTable: true,
    load: async () => (await import('./queries/recent.js')).benchRecent,
  },
  {
    name: 'transfer',
    title: 'Export of a whole table',
    onTable: true,
    load: async () => (await import('./transfer/transfer.js')).benchTransfer,
  },
]

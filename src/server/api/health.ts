import { readdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { z } from '@hono/zod-openapi'
import { resolveOne, type SettingDefinition, SETTINGS } from '../../config/index.js'
import type { FeatureStoreExplorer, StoreStatus, UsageStats } from '../../store/index.js'
import type { HealthResponse } from '../contract.js'
import { apiErrorOf } from '../errors.js'
import type { AppOptions, TrackerStatus } from '../options.js'
import { endpoint } from './endpoint.js'
import * as schemas from './schemas.js'

export const health = endpoint({
  path: '/api/health',
  summary: 'How the tracking, the file and this server are.',
  input: z.object({}),
  answer: schemas.health,
  handle: async (sources) => {
    const asked = await askStore(sources.store)
    const tracker = trackerOf(sources.options.tracker)
    const spool = spoolOf(sources.dbPath)
    const problems = problemsOf(asked, tracker, spool)
    return {
      status: asked.error !== null ? 'down' : problems.length > 0 ? 'degraded' : 'ok',
      problems,
      version: packageVersion(),
      database: databaseOf(sources.dbPath, asked),
      rollups: rollupsOf(asked.status),
      spool,
      tracker,
      settings: settingsOf(sources.options, sources.dbPath),
      live_clients: sources.feed.clients,
    }
  },
})

interface Asked {
  readonly status: StoreStatus | undefined
  readonly stats: UsageStats | undefined
  readonly error: string | null
}

async function askStore(store: FeatureStoreExplorer): Promise<Asked> {
  try {
    const [status, stats] = await Promise.all([store.getStoreStatus(), store.getUsageStats()])
    return { status, stats, error: null }
  } catch (error) {
    return { status: undefined, stats: undefined, error: apiErrorOf(error).message }
  }
}

function databaseOf(path: string, { status, stats, error }: Asked): HealthResponse['database'] {
  const size = sizeOf(path)
  return {
    path,
    exists: size !== undefined,
    size: size ?? 0,
    wal_size: sizeOf(`${path}-wal`) ?? 0,
    records: status?.rows ?? null,
    first_call: stats?.firstCall ?? null,
    last_call: stats?.lastCall ?? null,
    schema_version: status?.schema.current ?? null,
    latest_schema_version: status?.schema.latest ?? null,
    error,
  }
}

function rollupsOf(status: StoreStatus | undefined): HealthResponse['rollups'] {
  if (status?.rollups === undefined) return null
  const { coveredCalls, rowsToGo, rebuilding } = status.rollups
  return { covered_calls: coveredCalls, rows_to_go: rowsToGo, rebuilding }
}

function trackerOf(tracker: TrackerStatus | undefined): HealthResponse['tracker'] {
  if (tracker === undefined) return null
  const { events, store } = tracker.health()
  return {
    events: counts(events),
    waiting_records: store?.waitingRecords ?? 0,
    stored: store?.stored ?? 0,
    dropped: counts(store?.dropped ?? {}),
    spooled_records: store?.spool.records ?? 0,
    recovered_records: store?.recovered.records ?? 0,
    lost_records: store?.recovered.lost ?? 0,
    longest_lock_wait: store?.longestLockWait ?? 0,
  }
}

function counts(found: Readonly<Partial<Record<string, number>>>): Record<string, number> {
  return Object.fromEntries(Object.entries(found).map(([name, count]) => [name, count ?? 0]))
}

/** Files in which records wait, of this process and of others. They are looked at, never opened. */
function spoolOf(dbPath: string): HealthResponse['spool'] {
  const prefix = `${basename(dbPath)}.spool-`
  const sizes = filesIn(dirname(dbPath))
    .filter((name) => name.startsWith(prefix))
    .map((name) => sizeOf(join(dirname(dbPath), name)))
    .filter((size) => size !== undefined)
  return { files: sizes.length, size: sizes.reduce((sum, size) => sum + size, 0) }
}

function problemsOf(asked: Asked, tracker: HealthResponse['tracker'], spool: HealthResponse['spool']): string[] {
  const dropped = Object.values(tracker?.dropped ?? {}).reduce((sum, count) => sum + count, 0)
  const problems: [boolean, string][] = [
    [asked.error !== null, asked.error ?? ''],
    [asked.status?.rollups?.rebuilding === true, 'the sums are being made anew; answers are right, but slower'],
    [
      asked.status !== undefined && asked.status.rollups === undefined,
      'the file has no sums yet: they are made when a record is next tracked; answers are right, but slower',
    ],
    [dropped > 0, `${dropped} records were dropped by this process`],
    [(tracker?.lost_records ?? 0) > 0, `${tracker?.lost_records} records were lost with processes that were killed`],
    [spool.size > LARGE_SPOOL, `${spool.size} bytes of records wait beside the database to be stored`],
  ]
  return problems.filter(([applies]) => applies).map(([, words]) => words)
}

const LARGE_SPOOL = 1_048_576

function settingsOf({ dbPath }: AppOptions, path: string): HealthResponse['settings'] {
  return SETTINGS.map((setting: SettingDefinition) => {
    const { value, origin } = resolveOne(setting, { dbPath }, process.env, () => {})
    const shown = setting.name === 'dbPath' ? path : Array.isArray(value) ? value.join(', ') : String(value)
    return { name: setting.name, variable: setting.variable, value: shown, origin }
  })
}

function sizeOf(path: string): number | undefined {
  try {
    return statSync(path).size
  } catch {
    return undefined
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Found by the package's own name: the same from `src/` in tests and from `dist/`. */
export function packageVersion(): string {
  const manifest = createRequire(import.meta.url)('@cloudcurio/feature-tracking/package.json') as { version: string }
  return manifest.version
}

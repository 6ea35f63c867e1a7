import { explainSettings, type ResolvedSetting } from '../../config/index.js'
import { lookIntoDatabase } from './database.js'
import { lookAtAside, lookAtDisk, lookAtFile, lookAtKey, lookAtLog, lookAtPermissions, lookAtSpool } from './files.js'
import { type DoctorCheck, type DoctorContext, type Finding, note, problem, warning } from './finding.js'

export interface DoctorOptions {
  /** Default: `FEATURE_TRACKING_DB_PATH`, else the default path. */
  readonly dbPath?: string | undefined
  /** Default: that of this process. */
  readonly environment?: NodeJS.ProcessEnv | undefined
  /** SQLite's full check, of every index too. Default: the quick one. */
  readonly full?: boolean | undefined
  /** Further checks, whose findings come after ours. */
  readonly checks?: readonly DoctorCheck[] | undefined
}

export interface Diagnosis {
  readonly path: string
  readonly settings: readonly ResolvedSetting[]
  readonly findings: readonly Finding[]
  /** Whether there is neither a warning nor a problem. */
  readonly isHealthy: boolean
}

const CHECKS: readonly DoctorCheck[] = [
  { check: 'configuration', look: lookAtSettings },
  { check: 'file', look: lookAtFile },
  { check: 'permissions', look: lookAtPermissions },
  { check: 'key', look: lookAtKey },
  { check: 'disk', look: lookAtDisk },
  { check: 'log', look: lookAtLog },
  { check: 'database', look: lookIntoDatabase },
  { check: 'spool', look: lookAtSpool },
  { check: 'set aside', look: lookAtAside },
  { check: 'dropped records', look: lookAtDropped },
]

/**
 * Looks at a file and at everything around it, and changes nothing. Whatever goes wrong on the way is a finding.
 * @throws TypeError when the path is no path
 */
export async function doctor(options: DoctorOptions = {}): Promise<Diagnosis> {
  const settings = explainSettings({ dbPath: options.dbPath }, options.environment ?? process.env)
  const path = String(settings[0]?.value)
  const context: DoctorContext = { path, settings, full: options.full === true }
  const findings: Finding[] = []
  for (const check of [...CHECKS, ...(options.checks ?? [])]) findings.push(...(await lookSafely(check, context)))
  const isHealthy = findings.every(({ level }) => level === 'ok' || level === 'note')
  return { path, settings, findings, isHealthy }
}

async function lookSafely({ check, look }: DoctorCheck, context: DoctorContext): Promise<readonly Finding[]> {
  try {
    return await look(context)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return [problem(check, message, REMEDY[codeOf(error)] ?? 'see what the message says')]
  }
}

const REMEDY: Readonly<Record<string, string>> = {
  newer_schema: 'update the package',
  not_ours: 'give the path of another file in FEATURE_TRACKING_DB_PATH',
  corrupt: 'restore a backup (feature-tracking restore), or move the file away to start anew',
  unavailable: 'see that the application runs as the owner of the file',
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code)
}

function lookAtSettings({ settings }: DoctorContext): Finding[] {
  const bad = settings.flatMap(({ setting, warning: message }) =>
    message === undefined ? [] : [warning('configuration', message, `correct ${setting.variable}, or unset it`)],
  )
  const isOff = settings.some(({ setting, value }) => setting.name === 'enabled' && value === false)
  return isOff ? [...bad, note('configuration', 'tracking is off: FEATURE_TRACKING_ENABLED is false')] : bad
}

/** They are counted where they are dropped, in memory. */
function lookAtDropped(): Finding[] {
  return [
    note(
      'dropped records',
      'each process counts what it dropped, and says so in featureTracker.health() and one warning',
    ),
  ]
}

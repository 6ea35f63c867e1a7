import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { ensurePrivateFolder, resolveSettings } from '../../config/index.js'
import { type Contents, copyDatabase, type CopyProgress } from '../../store/sqlite/housekeeping/index.js'
import { MaintenanceError } from '../error.js'
import { lookAt, makeDraft, publish, removeDraft, requirePath, stampOf, sync } from '../files.js'

export interface BackupOptions {
  /** Default: `FEATURE_TRACKING_DB_PATH`, else the default path. */
  readonly dbPath?: string | undefined
  /** The file to make. Default: a name with the time, in `folder`. */
  readonly to?: string | undefined
  /** Default: `backups` beside the database. */
  readonly folder?: string | undefined
  /** Replace the file at `to`. */
  readonly overwrite?: boolean | undefined
  /** Of the backups with a time in their name in the folder, keep so many. Default: all. */
  readonly keep?: number | undefined
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined
}

export interface Backup extends Contents {
  readonly path: string
  readonly bytes: number
  readonly seconds: number
  /** Older backups that were removed. */
  readonly removed: readonly string[]
}

/**
 * Makes a copy of a database while it is in use, and appears under its name only when it has been verified: SQLite's
 * integrity check, the number of rows, and a checksum over every value. Mode 0600. The key of the pseudonyms is not in it.
 *
 * @throws MaintenanceError, StoreError
 */
export async function backup(options: BackupOptions = {}): Promise<Backup> {
  const started = performance.now()
  const { dbPath } = resolveSettings({ dbPath: options.dbPath })
  if (options.keep !== undefined && !(Number.isSafeInteger(options.keep) && options.keep >= 1))
    throw new TypeError(`keep is ${String(options.keep)}: give a whole number of 1 or more`)
  const target = targetOf(dbPath, options)
  const draft = makeDraft(target)
  try {
    const contents = await copyDatabase(dbPath, draft, options)
    const bytes = statSync(draft).size
    publish(draft, target, options.overwrite === true)
    const removed = options.keep === undefined ? [] : removeOlder(dirname(target), basename(dbPath), options.keep)
    return { path: target, bytes, ...contents, seconds: (performance.now() - started) / 1000, removed }
  } finally {
    removeDraft(draft)
  }
}

function targetOf(dbPath: string, { to, folder, overwrite, now = Date.now }: BackupOptions): string {
  if (to === undefined) {
    const parent = requirePath(folder ?? backupFolderOf(dbPath), 'the folder for backups')
    ensurePrivateFolder(parent)
    return join(parent, `${basename(dbPath)}.${stampOf(now())}.backup`)
  }
  const target = requirePath(to, 'the backup')
  if (target === dbPath) throw new MaintenanceError('bad_path', `${target} is the database itself: give another path`)
  const found = lookAt(target)
  if (found?.isDirectory() === true)
    throw new MaintenanceError('bad_path', `${target} is a folder: give the path of a file, or --folder`)
  if (found !== undefined && overwrite !== true)
    throw new MaintenanceError('exists', `${target} is there already: give another path, or overwrite it with --force`)
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 })
  return target
}

/** Where backups go that are given no other place. */
export function backupFolderOf(dbPath: string): string {
  return join(dirname(dbPath), 'backups')
}

/** The backups of a database in a folder that have a time in their name, the latest first. */
export function listBackups(folder: string, databaseName: string): string[] {
  const prefix = `${databaseName}.`
  return readdirSync(folder)
    .filter((name) => name.startsWith(prefix) && /^\d{8}T\d{9}Z\.backup$/.test(name.slice(prefix.length)))
    .toSorted()
    .toReversed()
    .map((name) => join(folder, name))
}

function removeOlder(folder: string, databaseName: string, keep: number): string[] {
  const older = listBackups(folder, databaseName).slice(keep)
  for (const path of older) rmSync(path, { force: true })
  if (older.length > 0) sync(folder)
  return older
}

import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { ensurePrivateFolder, resolveSettings } from '../../config/index.js'
import {
  type Contents,
  copyDatabase,
  type CopyProgress,
  replaceDatabase,
} from '../../store/sqlite/housekeeping/index.js'
import { MaintenanceError } from '../error.js'
import { freshName, lookAt, makeDraft, removeDraft, requireFile, requirePath, sync } from '../files.js'

export interface RestoreOptions {
  /** The backup: a database of ours. */
  readonly from: string
  /** Default: `FEATURE_TRACKING_DB_PATH`, else the default path. */
  readonly dbPath?: string | undefined
  /** Keep the file that is replaced, as `<database>.replaced-<time>`. Default: true. */
  readonly keepReplaced?: boolean | undefined
  /** Only tell whether the backup is sound. */
  readonly dryRun?: boolean | undefined
  /** The checksum that the backup had when it was made; another is refused. */
  readonly checksum?: string | undefined
  /** How long to wait for those who write or read, in milliseconds. Default 10,000. */
  readonly patienceMs?: number | undefined
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

export interface Restored extends Contents {
  readonly path: string
  readonly bytes: number
  /** Where the file is that was replaced; null where there was none or it was not to be kept. */
  readonly replaced: string | null
  readonly seconds: number
}

/**
 * Puts a backup in the place of the database. The backup is copied beside it and verified first; then the two change
 * places in one step. Until then the database is as it was, whatever happens. Processes that write at the moment go on
 * with the restored file; no record that they give is lost on the way, those before it are in the file that was replaced.
 *
 * @throws MaintenanceError, StoreError
 */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const started = performance.now()
  const from = requireFile(options.from, 'the backup')
  const { dbPath } = resolveSettings({ dbPath: options.dbPath })
  const path = requirePath(dbPath, 'the database')
  if (from === path) throw new MaintenanceError('bad_path', `${from} is the database itself: give a backup of it`)
  if (lookAt(path)?.isFile() === false)
    throw new MaintenanceError('bad_path', `${path} is no file: give another --db-path`)
  ensurePrivateFolder(dirname(path))
  const draft = makeDraft(path)
  try {
    const contents = await copyDatabase(from, draft, options)
    requireChecksum(contents, from, options.checksum)
    const bytes = statSync(draft).size
    const replaced = options.dryRun === true ? null : putInPlace(draft, path, options)
    return { path, bytes, ...contents, replaced, seconds: (performance.now() - started) / 1000 }
  } finally {
    removeDraft(draft)
  }
}

function requireChecksum({ checksum }: Contents, from: string, wanted: string | undefined): void {
  if (wanted === undefined || wanted.toLowerCase() === checksum) return
  throw new MaintenanceError('damaged', `${from} has the checksum ${checksum}, not ${wanted}: it is another backup`)
}

function putInPlace(draft: string, path: string, { keepReplaced = true, patienceMs = 10_000 }: RestoreOptions) {
  sync(draft)
  const isThere = lookAt(path) !== undefined
  const keepAs = keepReplaced && isThere ? freshName(`${path}.replaced-`, Date.now()) : undefined
  replaceDatabase(draft, path, { keepAs, patienceMs })
  sync(dirname(path))
  return keepAs ?? null
}

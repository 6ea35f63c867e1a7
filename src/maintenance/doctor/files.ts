import { accessSync, constants, readdirSync, type Stats, statfsSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { keyPath, readKey } from '../../config/index.js'
import { isAbandoned, isSpoolOf } from '../../store/sqlite/housekeeping/index.js'
import { lookAt } from '../files.js'
import { type DoctorContext, type Finding, note, ok, problem, warning } from './finding.js'

const MEGABYTE = 1e6

/** A log beyond the writer's own limit. */
const MAX_LOG_BYTES = 70 * MEGABYTE

/** Less room on the disk is worth a warning. */
const MIN_DISK_BYTES = 200 * MEGABYTE

/** Permissions of others than the owner; of a folder, to put other files in the place of these. */
const OTHERS = 0o077
const OTHERS_WRITE = 0o022

/** In such a folder nobody can touch the files of others. */
const STICKY = 0o1000

export function lookAtFile({ path }: DoctorContext): Finding[] {
  const found = lookAt(path)
  if (found === undefined)
    return [
      note('file', `there is no file ${path} yet: it appears with the first tracked call`),
      ...lookAtFolder(dirname(path)),
    ]
  if (!statSync(path).isFile())
    return [problem('file', `${path} is no file`, 'give the path of a file in FEATURE_TRACKING_DB_PATH')]
  return [
    ...(found.isSymbolicLink() ? [note('file', `${path} is a link`)] : []),
    ok('file', `${path} has ${megabytes(statSync(path).size)}`),
    ...lookAtFolder(dirname(path)),
  ]
}

/** SQLite makes its log beside the file. */
function lookAtFolder(folder: string): Finding[] {
  let existing = folder
  while (lookAt(existing) === undefined && dirname(existing) !== existing) existing = dirname(existing)
  try {
    accessSync(existing, constants.W_OK | constants.X_OK)
    return []
  } catch {
    return [
      problem(
        'file',
        `the folder ${existing} cannot be written`,
        `give the application's user the right to write to it`,
      ),
    ]
  }
}

function isOpenToOthers(found: Stats): boolean {
  if (!found.isDirectory()) return (found.mode & OTHERS) !== 0
  return (found.mode & OTHERS_WRITE) !== 0 && (found.mode & STICKY) === 0
}

export function lookAtPermissions({ path }: DoctorContext): Finding[] {
  const open = [dirname(path), path, `${path}-wal`, `${path}-shm`, keyPath(path)]
    .map((name) => ({ name, found: lookAt(name) }))
    .filter((one): one is { name: string; found: Stats } => one.found !== undefined)
    .filter(({ found }) => isOpenToOthers(found))
  if (open.length === 0)
    return lookAt(path) === undefined ? [] : [ok('permissions', 'nobody else can read or write it')]
  return open.map(({ name, found }) =>
    warning(
      'permissions',
      `${name} has mode ${(found.mode & 0o777).toString(8).padStart(4, '0')}: others on this machine have access`,
      found.isDirectory() ? `chmod go-w ${name}` : `chmod 600 ${name}`,
    ),
  )
}

export function lookAtKey({ path, settings }: DoctorContext): Finding[] {
  const isAnonymous = settings.find(({ setting }) => setting.name === 'anonymize')?.value === true
  if (readKey(path) !== undefined) return [ok('key', `${keyPath(path)} holds the key of the pseudonyms`)]
  if (!isAnonymous)
    return [warning('key', 'user ids are stored as they are', 'leave FEATURE_TRACKING_ANONYMIZE at true')]
  return [note('key', 'there is no key of pseudonyms yet: it is made with the first tracked call')]
}

export function lookAtLog({ path }: DoctorContext): Finding[] {
  const bytes = lookAt(`${path}-wal`)?.size ?? 0
  if (bytes <= MAX_LOG_BYTES) return [ok('log', `the write-ahead log has ${megabytes(bytes)}`)]
  return [
    warning(
      'log',
      `the write-ahead log has ${megabytes(bytes)}: a connection holds an old state of the database`,
      'end long queries and idle transactions of other programs on the file',
    ),
  ]
}

export function lookAtDisk({ path }: DoctorContext): Finding[] {
  const folder = dirname(path)
  if (lookAt(folder) === undefined) return []
  const { bavail, bsize } = statfsSync(folder)
  const free = bavail * bsize
  if (free >= MIN_DISK_BYTES) return [ok('disk', `${megabytes(free)} are free`)]
  return [
    warning(
      'disk',
      `only ${megabytes(free)} are free beside the file`,
      'make room, or remove old records: feature-tracking cleanup',
    ),
  ]
}

/** Records on their way into the database. */
export function lookAtSpool({ path }: DoctorContext): Finding[] {
  const names = namesBeside(path).filter((name) => isSpoolOf(path, name))
  if (names.length === 0) return [ok('spool', 'no records wait beside the database')]
  return names.map((name) => {
    const file = join(dirname(path), name)
    const bytes = lookAt(file)?.size ?? 0
    return isAbandoned(file)
      ? warning(
          'spool',
          `a process that ended left ${megabytes(bytes)} of records in ${file}`,
          'start the application: the next process that writes takes them in',
        )
      : ok('spool', `a running process has ${megabytes(bytes)} in ${file}`)
  })
}

/** Files that were put aside, which nobody removes. */
export function lookAtAside({ path }: DoctorContext): Finding[] {
  const base = basename(path)
  return namesBeside(path).flatMap((name) => {
    const file = join(dirname(path), name)
    if (name.startsWith(`${base}.corrupt-`) && !/-(?:wal|shm|journal)$/.test(name))
      return [
        warning(
          'set aside',
          `${file} is a damaged database that was set aside`,
          'restore a backup (feature-tracking restore), or remove it when nothing in it is wanted',
        ),
      ]
    if (name.startsWith(`${base}.replaced-`) && !/-(?:wal|shm|journal)$/.test(name))
      return [note('set aside', `${file} is what a restore replaced (${megabytes(lookAt(file)?.size ?? 0)})`)]
    return []
  })
}

function namesBeside(path: string): string[] {
  return lookAt(dirname(path)) === undefined ? [] : readdirSync(dirname(path))
}

export function megabytes(bytes: number): string {
  return bytes < MEGABYTE ? `${Math.round(bytes / 1000)} kB` : `${(bytes / MEGABYTE).toFixed(1)} MB`
}

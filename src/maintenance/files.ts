import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { MaintenanceError } from './error.js'

/** Drafts of a process that died are removed when they are older than this. */
const DRAFT_AGE_MS = 3_600_000

/**
 * The absolute path of a file that a user named. A path from elsewhere must not lead out of where it seems to: `..` and
 * links are not followed.
 * @param what the file's part in a sentence, such as `the backup`
 * @throws MaintenanceError `bad_path`
 */
export function requirePath(path: string, what: string): string {
  const refuse = (reason: string): never => {
    throw new MaintenanceError('bad_path', `${what} is ${JSON.stringify(path)}: ${reason}`)
  }
  if (path.trim() === '') refuse('give the path of a file')
  if (path.includes('\0')) refuse('a path has no NUL character')
  if (path.split(/[\\/]/).includes('..')) refuse('give a path without ".."')
  const absolute = resolve(path)
  if (lookAt(absolute)?.isSymbolicLink() === true) refuse('it is a link: give the path of the file itself')
  return absolute
}

/** The same for a file that has to be there. @throws MaintenanceError `bad_path` */
export function requireFile(path: string, what: string): string {
  const absolute = requirePath(path, what)
  const found = lookAt(absolute)
  if (found === undefined) throw new MaintenanceError('bad_path', `${what} ${absolute} is not there: give another path`)
  if (!found.isFile()) throw new MaintenanceError('bad_path', `${what} ${absolute} is no file: give the path of a file`)
  return absolute
}

/** What is at a path; a link is not followed. */
export function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code))) return undefined
    throw error
  }
}

/** An empty file of mode 0600 beside a target, under a name of its own; those that were left behind are removed. */
export function makeDraft(target: string): string {
  removeOldDrafts(target)
  const draft = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.draft`)
  closeSync(openSync(draft, 'wx', 0o600))
  chmodSync(draft, 0o600)
  return draft
}

export function removeDraft(draft: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(draft + suffix, { force: true })
}

function removeOldDrafts(target: string): void {
  const prefix = `.${basename(target)}.`
  for (const name of readdirSync(dirname(target))) {
    if (!name.startsWith(prefix) || !/^[0-9a-f]{12}\.draft(?:-\w+)?$/.test(name.slice(prefix.length))) continue
    const path = join(dirname(target), name)
    const found = statSync(path, { throwIfNoEntry: false })
    if (found !== undefined && Date.now() - found.mtimeMs > DRAFT_AGE_MS) rmSync(path, { force: true })
  }
}

/**
 * Gives a finished draft its name, once it is safe on the disk.
 * @param overwrite whether a file of that name may be replaced
 * @throws MaintenanceError `exists`
 */
export function publish(draft: string, target: string, overwrite: boolean): void {
  sync(draft)
  if (overwrite) renameSync(draft, target)
  else linkNew(draft, target)
  sync(dirname(target))
}

/** A link appears or fails, whoever does the same at this moment. */
function linkNew(draft: string, target: string): void {
  try {
    linkSync(draft, target)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new MaintenanceError(
        'exists',
        `${target} is there already: give another path, or overwrite it with --force`,
      )
    throw error
  }
  rmSync(draft)
}

/** Waits until a file, or the names in a folder, are on the disk. */
export function sync(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** `20261124T145500123Z`: sorts as time, and can be part of a name everywhere. @param now milliseconds since 1970 */
export function stampOf(now: number): string {
  return new Date(now).toISOString().replaceAll(/[-:.]/g, '')
}

/** A name beside a file that nobody has yet. */
export function freshName(prefix: string, now: number): string {
  for (let at = now; ; at++) {
    const path = `${prefix}${stampOf(at)}`
    if (lookAt(path) === undefined) return path
  }
}

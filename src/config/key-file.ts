import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'

const KEY_BYTES = 32

/** The file next to the database that holds the installation's key for pseudonyms. */
export function keyPath(dbPath: string): string {
  return `${dbPath}.key`
}

/** The installation's key, or undefined when there is none yet. */
export function readKey(dbPath: string): Uint8Array | undefined {
  const path = keyPath(dbPath)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  return requireKey(path, text)
}

function requireKey(path: string, text: string): Uint8Array {
  const key = Buffer.from(/^[0-9a-f]*$/.test(text.trim()) ? text.trim() : '', 'hex')
  if (key.length !== KEY_BYTES)
    throw new Error(
      `${path} holds no key of ${KEY_BYTES} bytes: put the original file back, or remove it to start new pseudonyms`,
    )
  return key
}

/**
 * The installation's key: 32 random bytes, made at first use in a file of mode 0600. Of several processes that make
 * one at once, one wins and all read the same: a link to a whole file either appears or fails.
 *
 * @throws when the folder cannot be written or the file is no key
 */
export function ensureKey(dbPath: string): Uint8Array {
  return readKey(dbPath) ?? adoptKey(dbPath, randomBytes(KEY_BYTES))
}

/**
 * Makes a key the installation's, where it has none.
 * @returns the installation's key, which another process may have made
 * @throws as `ensureKey`
 */
export function adoptKey(dbPath: string, key: Uint8Array): Uint8Array {
  ensurePrivateFolder(dirname(dbPath))
  const path = keyPath(dbPath)
  const draft = writeDraft(path, key)
  try {
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
  const made = readKey(dbPath)
  if (made === undefined) throw new Error(`${path} was removed while it was being made`)
  return made
}

/** A change of the installation's key that is under way. */
export interface KeyRotation {
  /** Undefined where there was none. */
  readonly oldKey: Uint8Array | undefined
  readonly newKey: Uint8Array
  /** Whether it was begun before and did not come to its end. */
  readonly isResumed: boolean
  /** Puts the new key in the place of the old, at once and for good. */
  commit(): void
}

/**
 * Begins to change the key. The new one waits in a file beside it, so that whoever begins again after an interruption goes
 * on with the same.
 * @throws what the system says, or where a file is no key
 */
export function beginKeyRotation(dbPath: string): KeyRotation {
  ensurePrivateFolder(dirname(dbPath))
  const path = keyPath(dbPath)
  const next = `${path}.next`
  const isResumed = existsSync(next)
  if (!isResumed) renameSync(writeDraft(path, randomBytes(KEY_BYTES)), next)
  return {
    oldKey: readKey(dbPath),
    newKey: requireKey(next, readFileSync(next, 'utf8')),
    isResumed,
    commit: () => {
      renameSync(next, path)
      syncFolder(dirname(path))
    },
  }
}

/** Waits until the names in a folder are on the disk. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** A whole file beside the key, of mode 0600 and safe on the disk. @returns its path */
function writeDraft(path: string, key: Uint8Array): string {
  const draft = `${path}.${process.pid}.${randomBytes(6).toString('hex')}`
  const descriptor = openSync(draft, 'wx', 0o600)
  try {
    fchmodSync(descriptor, 0o600)
    writeSync(descriptor, `${Buffer.from(key).toString('hex')}\n`)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  return draft
}

/**
 * Makes a folder, and those above it that lack, with mode 0700 whatever the umask. A folder that exists is left alone.
 * Not by `recursive: true`: in a file system that refuses with ENOENT, such as /proc, Node then tries for ever.
 */
export function ensurePrivateFolder(folder: string): void {
  if (existsSync(folder)) return
  const parent = dirname(folder)
  if (parent !== folder) ensurePrivateFolder(parent)
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

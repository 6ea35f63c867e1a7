import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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
  const existing = readKey(dbPath)
  if (existing !== undefined) return existing
  ensurePrivateFolder(dirname(dbPath))
  const path = keyPath(dbPath)
  const draft = `${path}.${process.pid}.${randomBytes(6).toString('hex')}`
  writeFileSync(draft, `${randomBytes(KEY_BYTES).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  try {
    chmodSync(draft, 0o600)
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

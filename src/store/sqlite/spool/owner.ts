import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename } from 'node:path'

/*
 * A spool file says in its name whose it is: `<database>.spool-<pid>.<start>.<place>.<random>`. `start` is the start of
 * the process in clock ticks, so that a pid that was given again is not taken for it; `place` stands for the machine,
 * its boot and its pid namespace. Pid 0 is nobody: its owner left it behind when it shut down.
 */

/** A file of another place is taken for abandoned when nobody has touched it for so many milliseconds. */
const FOREIGN_PATIENCE_MS = 10 * 60_000

/** The name of a new spool file of this process. */
export function ownSpoolPath(dbPath: string): string {
  return `${dbPath}.spool-${process.pid}.${startTicks(process.pid) ?? 0}.${place()}.${random()}`
}

/** A name under which anybody may take the file. */
export function nobodysSpoolPath(dbPath: string): string {
  return `${dbPath}.spool-0.0.${place()}.${random()}`
}

/** Whether a file's name makes it a spool of this database. */
export function isSpoolOf(dbPath: string, name: string): boolean {
  return name.startsWith(`${basename(dbPath)}.spool-`)
}

/** Whether the process that a spool file belongs to has ended. */
export function isAbandoned(path: string): boolean {
  const match = /\.spool-(\d+)\.(\d+)\.([0-9a-f]+)\.[0-9a-f]+$/.exec(path)
  if (match === null) return false
  const [pid, start] = [Number(match[1]), Number(match[2])]
  if (pid === 0) return true
  if (match[3] !== place()) return isOld(path)
  const ticks = startTicks(pid)
  if (ticks !== undefined) return ticks !== start
  return start > 0 || !isRunning(pid)
}

function random(): string {
  return randomBytes(6).toString('hex')
}

let knownPlace: string | undefined

/** Process numbers mean the same only on one machine, between two boots, in one namespace. */
function place(): string {
  knownPlace ??= createHash('sha256')
    .update(hostname() + quietly(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')))
    .update(quietly(() => readlinkSync('/proc/self/ns/pid')))
    .digest('hex')
    .slice(0, 8)
  return knownPlace
}

function quietly(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}

/** Undefined where the process has ended, or the system does not say. */
function startTicks(pid: number): number | undefined {
  const stat = quietly(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  // The second field is the program's name in parentheses, and may hold anything.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const isDead = state === undefined || state === 'Z' || state === 'X'
  const ticks = Number(fields[18])
  return isDead || !(ticks > 0) ? undefined : ticks
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function isOld(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat !== undefined && Date.now() - stat.mtimeMs > FOREIGN_PATIENCE_MS
}

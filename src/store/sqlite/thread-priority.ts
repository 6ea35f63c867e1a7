import { getPriority, setPriority } from 'node:os'

/** Where both want the same core, an application's thread then gets three times as much of it. */
const NICENESS = 5
const LEAST = 19

/**
 * Lets the application's threads go first. Linux keeps a priority for each thread, and this one cannot take its own back;
 * elsewhere the priority is that of the whole process, which is the application's.
 *
 * @see https://man7.org/linux/man-pages/man2/setpriority.2.html
 */
export function giveWay(): void {
  if (process.platform !== 'linux') return
  try {
    setPriority(Math.min(LEAST, getPriority() + NICENESS))
  } catch {
    // Where the system refuses, threads are equal.
  }
}

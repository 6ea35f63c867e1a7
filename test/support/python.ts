import { spawnSync } from 'node:child_process'
import { type ChildResult, run } from './child.js'

const found = spawnSync('python3', ['-c', 'import sqlite3, sys; assert sys.version_info >= (3, 8)'], {
  encoding: 'utf8',
})

/** Whether there is a Python that can read SQLite files. */
export const hasPython = found.status === 0

if (!hasPython)
  console.warn('python3 with sqlite3 was not found: what the Python original reads and writes is not tested here')

export function python(program: string, ...args: string[]): Promise<ChildResult> {
  return run('python3', ['-c', program, ...args])
}

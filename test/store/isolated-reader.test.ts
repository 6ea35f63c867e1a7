import { readFileSync } from 'node:fs'
import { expect, it, onTestFinished } from 'vitest'
import { IsolatedReader } from '../../src/store/index.js'
import { tempDatabase } from '../support/temp.js'

/** How many children of this process read for an isolated reader. */
function readingProcesses(): number {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').split(' ')
  return children.filter((pid) => pid !== '' && commandOf(pid).includes('sqlite-reader')).length
}

/** Nothing of a process that has just ended. */
function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

it.runIf(process.platform === 'linux')('starts all its processes before it is asked, where it is told to', async () => {
  const before = readingProcesses()
  const reader = new IsolatedReader(tempDatabase(), { processes: 3 })
  onTestFinished(() => reader.close())
  expect(readingProcesses()).toBe(before)
  reader.prepare()
  expect(readingProcesses()).toBe(before + 1)
  await expect.poll(readingProcesses, { timeout: 10_000 }).toBe(before + 3)
  await reader.close()
  expect(readingProcesses()).toBe(before)
})

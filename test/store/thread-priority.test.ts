import { readdirSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { describe, expect, it, onTestFinished } from 'vitest'
import { SqliteWriter } from '../../src/store/index.js'
import { record } from '../support/records.js'
import { tempDatabase } from '../support/temp.js'

/** How nice each thread of this process is, as Linux tells it. */
function niceness(): number[] {
  return readdirSync('/proc/self/task').map((thread) => {
    const fields = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8')
    // Behind the name, which may have spaces: the state is the third field, the niceness the nineteenth.
    return Number(fields.slice(fields.lastIndexOf(')') + 2).split(' ')[16])
  })
}

describe.runIf(process.platform === 'linux')('the thread of the store', () => {
  it('lets the application go first on a core that both want, and changes no other thread', async () => {
    const own = getPriority()
    const before = niceness().filter((nice) => nice !== own)
    const writer = new SqliteWriter(tempDatabase())
    onTestFinished(() => writer.close())
    await writer.insertRecords([record()])
    expect(getPriority()).toBe(own)
    expect(niceness().filter((nice) => nice !== own)).toEqual([...before, Math.min(19, own + 5)])
  })
})

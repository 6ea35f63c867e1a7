import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { nodeJson } from '../support/child.js'
import { tempFolder } from '../support/temp.js'

/** Under umask 000, with the files open: prints the modes of what is there. */
const PROGRAM = `
  import { readdirSync, statSync } from 'node:fs'
  import { dirname } from 'node:path'
  import { FeatureTracker } from '@cloudcurio/feature-tracking'
  process.umask(0)
  const path = process.argv[1]
  const tracker = new FeatureTracker({ dbPath: path })
  tracker.trackFeature({ featureName: 'search', userId: 'ada' })(() => 1)()
  await tracker.getAllRecords()
  const modeOf = (file) => (statSync(file).mode & 0o777).toString(8)
  const folder = dirname(path)
  const modes = Object.fromEntries(readdirSync(folder).map((name) => [name, modeOf(folder + '/' + name)]))
  console.log(JSON.stringify({ ...modes, folder: modeOf(folder), above: modeOf(dirname(folder)) }))
  await tracker.shutdown()`

describe('under umask 000', () => {
  it('folders are 0700 and database, -wal, -shm and key 0600', async () => {
    const path = `${tempFolder()}/new/deep/usage.db`
    const { folder, above, ...files } = await nodeJson<Record<string, string>>(PROGRAM, { args: [path] })
    expect([folder, above]).toEqual(['700', '700'])
    // A spool file may be there or not, as the writer's work goes.
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining(['usage.db', 'usage.db-wal', 'usage.db-shm', 'usage.db.key']),
    )
    expect(new Set(Object.values(files))).toEqual(new Set(['600']))
  })

  it('a folder that exists keeps its mode', async () => {
    const path = `${tempFolder()}/usage.db`
    const { folder } = await nodeJson<{ folder: string }>(
      `import { chmodSync } from 'node:fs'; chmodSync(${JSON.stringify(dirname(path))}, 0o755); ${PROGRAM}`,
      { args: [path] },
    )
    expect(folder).toBe('755')
  })
})

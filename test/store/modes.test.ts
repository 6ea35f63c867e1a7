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
    expect(await nodeJson(PROGRAM, { args: [path] })).toEqual({
      'usage.db': '600',
      'usage.db-wal': '600',
      'usage.db-shm': '600',
      'usage.db.key': '600',
      folder: '700',
      above: '700',
    })
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

import { writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { ROOT, runNode } from '../support/child.js'
import { sql } from '../support/original.js'
import { tempDatabase } from '../support/temp.js'

const CALLS = 1000

const WORK = `
  const { featureTracker, trackFeature } = await import('@cloudcurio/feature-tracking')
  const call = trackFeature('call')((n) => n)
  for (let n = 0; n < ${CALLS}; n++) call(n)
  await featureTracker.shutdown()`

/** Four of each kind, all with the default tracker. */
const PROGRAMS = {
  'cluster × 4': `
    import cluster from 'node:cluster'
    cluster.setupPrimary({ exec: process.argv[1], execArgv: [] })
    for (let n = 0; n < 4; n++) cluster.fork()`,
  'fork × 4': `
    import { spawn } from 'node:child_process'
    for (let n = 0; n < 4; n++)
      spawn(process.execPath, ['--input-type=module', '--eval', ${JSON.stringify(WORK)}], { stdio: 'inherit' })`,
  'worker_threads × 4': `
    import { Worker } from 'node:worker_threads'
    const url = new URL('data:text/javascript,' + encodeURIComponent(${JSON.stringify(WORK)}.replace("'@cloudcurio/feature-tracking'", JSON.stringify(import.meta.resolve('@cloudcurio/feature-tracking')))))
    for (let n = 0; n < 4; n++) new Worker(url)`,
} as const

describe('R14: several processes and threads', () => {
  it.each(Object.keys(PROGRAMS) as (keyof typeof PROGRAMS)[])('%s: each call once, a session each', async (kind) => {
    const path = tempDatabase()
    const file = `${dirname(path)}/work.mjs`
    const url = pathToFileURL(`${ROOT}dist/src/index.js`).href
    writeFileSync(file, `${WORK.replace('@cloudcurio/feature-tracking', url)}\nprocess.disconnect?.()`)
    const { code, stderr } = await runNode(PROGRAMS[kind], { args: [file], env: { FEATURE_TRACKING_DB_PATH: path } })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const sessions = sql<{ n: number }>(path, 'SELECT count(*) AS n FROM feature_usage GROUP BY session_id')
    console.log(
      `R14: ${kind}: ${sessions.reduce((sum, { n }) => sum + n, 0)} of ${4 * CALLS} calls, ${sessions.length} sessions`,
    )
    expect(sessions).toEqual(Array.from({ length: 4 }, () => ({ n: CALLS })))
  })
})

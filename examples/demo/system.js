// @ts-check
// SYSMON: snapshots of the machine while the rest of the demo works.
import { activeFeature, FeatureCategory, trackFeature } from '@cloudcurio/feature-tracking'
import { readdir, statfs } from 'node:fs/promises'
import { availableParallelism, freemem, loadavg, totalmem } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { REPOSITORY } from './repository.js'

const SNAPSHOTS = 10

const systemSnapshot = trackFeature(
  'system_snapshot',
  FeatureCategory.SYSMON,
)(async () => {
  const feature = activeFeature()
  const disk = await statfs(REPOSITORY)
  const processes = await readdir('/proc').catch(() => []) // there is none on some systems
  const snapshot = {
    cpuCores: availableParallelism(),
    load: loadavg()[0],
    memoryUsed: totalmem() - freemem(),
    ownMemory: process.memoryUsage.rss(),
    diskFree: disk.bavail * disk.bsize,
    processes: processes.filter((name) => /^\d+$/.test(name)).length,
  }
  feature?.setMetadata(snapshot)
  return snapshot
})

export async function watchSystem() {
  let most = 0
  for (let count = 0; count < SNAPSHOTS; count++) {
    const { ownMemory } = await systemSnapshot()
    most = Math.max(most, ownMemory)
    await sleep(100)
  }
  return `${SNAPSHOTS} snapshots; this process held up to ${Math.round(most / 1e6)} MB`
}

// @ts-check
// Snapshots of this machine: processors, memory, disk and processes, with the figures in each record's metadata.
//   npm run build && node examples/system-monitor.js
import { startedAt } from './shared/example-database.js' // first: it says where the records go
import {
  activeFeature,
  FeatureCategory,
  FeatureStatus,
  featureTracker,
  trackFeature,
} from '@cloudcurio/feature-tracking'
import { readdir, statfs } from 'node:fs/promises'
import { availableParallelism, cpus, freemem, loadavg, totalmem } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { printRecords } from './shared/print-records.js'

const systemSnapshot = trackFeature(
  'system_snapshot',
  FeatureCategory.SYSMON,
)(async (/** @type {string} */ disk) => {
  const feature = activeFeature() // of this call; the calls below have their own
  const [cpu, storage, processes] = await Promise.all([cpuUsage(250), diskUsage(disk), processCount()])
  const snapshot = {
    cpuCores: availableParallelism(),
    cpuUsedPercent: cpu,
    loadAverage: loadavg().map((load) => Number(load.toFixed(2))),
    memoryUsedPercent: percent(totalmem() - freemem(), totalmem()),
    diskUsedPercent: storage,
    processes,
  }
  feature?.setMetadata(snapshot)
  return snapshot
})

const cpuUsage = trackFeature(
  'cpu_usage',
  FeatureCategory.SYSMON,
)(async (/** @type {number} */ milliseconds) => {
  const before = processorTimes()
  await sleep(milliseconds)
  const after = processorTimes()
  return percent(after.busy - before.busy, after.total - before.total)
})

const diskUsage = trackFeature(
  'disk_usage',
  FeatureCategory.SYSMON,
)(async (/** @type {string} */ path) => {
  const { blocks, bfree } = await statfs(path)
  return percent(blocks - bfree, blocks)
})

const processCount = trackFeature(
  'process_count',
  FeatureCategory.SYSMON,
)(async () => {
  try {
    const entries = await readdir('/proc')
    return entries.filter((name) => /^\d+$/.test(name)).length
  } catch {
    activeFeature()?.setStatus(FeatureStatus.PARTIAL, 'this system has no /proc')
    return null
  }
})

/** Milliseconds that all processors together have been busy, and in all. */
function processorTimes() {
  const times = cpus().map((cpu) => cpu.times)
  const total = times.reduce((sum, { user, nice, sys, irq, idle }) => sum + user + nice + sys + irq + idle, 0)
  return { total, busy: total - times.reduce((sum, { idle }) => sum + idle, 0) }
}

/** @param {number} part @param {number} whole */
function percent(part, whole) {
  return whole === 0 ? 0 : Number(((100 * part) / whole).toFixed(1))
}

console.log(await systemSnapshot('/'))
console.log()
await diskUsage('/no/such/disk').catch((/** @type {Error} */ error) => console.log(`${error.message}\n`))

printRecords(await featureTracker.getAllRecords({ since: startedAt }))
await featureTracker.shutdown()

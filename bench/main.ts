import { arch, cpus } from 'node:os'
import { benchCall } from './call.js'
import { benchImport } from './import.js'
import { benchStore } from './store.js'

console.log(
  `Node ${process.version}, ${arch()}, ${cpus().length} cores. Ratios are what counts: times differ between machines and days.`,
)
await benchCall()
await benchStore()
benchImport()

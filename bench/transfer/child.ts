import { join } from 'node:path'
import { childParams } from '../child.js'
import { ROOT } from '../root.js'

/** What is used of the package's inside. */
interface Maintenance {
  exportRecords(options: object): Promise<{ rows: number }>
}

const { dbPath, path, format } = childParams() as { dbPath: string; path: string; format: string }
const { exportRecords } = (await import(join(ROOT, 'dist/src/maintenance/index.js'))) as Maintenance

const start = performance.now()
const { rows } = await exportRecords({ dbPath, output: { path, force: true }, format })
const seconds = (performance.now() - start) / 1000
// Of the whole process at its highest, in bytes.
console.log(JSON.stringify({ rows, seconds, peak: process.resourceUsage().maxRSS * 1024 }))

// @ts-check
// Real work on this repository's own files, tracked: then the questions that the records answer.
//   npm run build && npm run demo
import { startedAt } from './demo-database.js' // first: it says where the records go
import { featureTracker } from '@cloudcurio/feature-tracking'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, relative } from 'node:path'
import { workOnDatabase } from './database.js'
import { workOnFiles } from './files.js'
import { workOnPages } from './http.js'
import { workOnProcesses } from './processes.js'
import { REPOSITORY, sourceFiles } from './repository.js'
import { watchSystem } from './system.js'
import { workOnWords } from './words.js'

const files = await sourceFiles()
console.log(`Working on ${files.length} files of this repository:\n`)

const watching = watchSystem()
console.log('  files      ', await workOnFiles(files))
console.log('  database   ', await workOnDatabase(files))
console.log('  pages      ', await workOnPages(files))
console.log('  processes  ', await workOnProcesses(files))
console.log('  words      ', await workOnWords(files))
console.log('  system     ', await watching)

const stats = await featureTracker.getUsageStats({ since: startedAt })
const { dbPath, events } = featureTracker.health()
await featureTracker.shutdown()

const seconds = ((Date.now() - startedAt.getTime()) / 1000).toFixed(1)
console.log(`\n${stats.totalCalls} calls of ${stats.users} users were recorded in ${seconds} s, in`)
console.log(dbPath)
console.log(
  `${stats.successCount} succeeded, ${stats.failureCount} failed, ${stats.timeoutCount} timed out, ${stats.partialCount} ended in part.`,
)
if (Object.keys(events).length > 0) console.log('What went wrong in tracking:', events)

console.log('\nThe features, most used first:\n')
process.exitCode = await runCommand('list-features', '--limit', '20', '--db-path', dbPath)

const file = typed(dbPath)
console.log(`
Ask further, in the folder of the repository:

  npx feature-tracking list-features --db-path ${file}
  npx feature-tracking feature-stats gzip_file --db-path ${file}
  npx feature-tracking list-records --status failed --db-path ${file}
  npx feature-tracking dashboard --db-path ${file}`)

// In a terminal there is somebody to look at the page, and to end it.
if (process.stdout.isTTY || process.argv.includes('--serve')) {
  console.log()
  process.exitCode = await runCommand('dashboard', '--db-path', dbPath)
}

/** The command of the package, in this terminal. @param {string[]} args @returns {Promise<number>} its exit code */
async function runCommand(...args) {
  const child = spawn(process.execPath, [join(REPOSITORY, 'dist/lib/cli.js'), ...args], { stdio: 'inherit' })
  // Ctrl-C goes to both, and the command has something to say about it.
  const wait = () => {}
  process.on('SIGINT', wait)
  const [exitCode] = await once(child, 'close')
  process.off('SIGINT', wait)
  return exitCode ?? 1
}

/** A path as one types it there. @param {string} path */
function typed(path) {
  const near = relative(REPOSITORY, path)
  const short = near.startsWith('..') ? path : near
  return /^[\w./\\:-]+$/.test(short) ? short : JSON.stringify(short)
}

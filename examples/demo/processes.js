// @ts-check
// TERMINAL_TOOL: child processes, of which one fails and one has to be killed.
import { FeatureCategory, trackFeature } from '@cloudcurio/feature-tracking'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { extname } from 'node:path'
import { text } from 'node:stream/consumers'
import { inParallel } from './in-parallel.js'
import { userOf } from './users.js'

/** @typedef {import('./repository.js').SourceFile} SourceFile */

const runNode = trackFeature('run_node', FeatureCategory.TERMINAL_TOOL, {
  userId: (/** @type {string[]} */ _args, /** @type {string} */ user) => user,
  metadata: (/** @type {string[]} */ [option]) => ({ option }),
})(async (/** @type {string[]} */ args, /** @type {string} */ _user, milliseconds = 20_000) => {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    signal: AbortSignal.timeout(milliseconds),
  })
  const output = text(child.stdout)
  const [code] = await once(child, 'close') // throws an AbortError when the time is over: the record says `timeout`
  if (code !== 0) throw new Error(`node ended with exit code ${code}`)
  return output
})

/** @param {readonly SourceFile[]} files */
export async function workOnProcesses(files) {
  const scripts = files.filter(({ path }) => extname(path) === '.js').slice(0, 8)
  const commands = [
    ['--version'],
    ['-p', 'process.arch'],
    ['-e', 'process.exit(3)'],
    ...scripts.map(({ path }) => ['--check', path]),
  ]
  const outputs = await inParallel(commands, 4, (args, index) => runNode(args, userOf(index, 2)))
  const endless = await runNode(['-e', 'setInterval(() => {}, 1000)'], userOf(0), 300).catch(
    (/** @type {Error} */ error) => error.name,
  )
  const failures = outputs.filter((output) => output instanceof Error)
  return `node ${String(outputs[0]).trim()}; ${scripts.length} scripts checked, ${failures.length} command failed, one was killed (${endless})`
}

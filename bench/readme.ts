import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { printBlock, withBlock } from './readme-block.js'
import { BENCHMARKS } from './registry.js'
import { readRuns, resultsFile } from './results-file.js'
import { ROOT } from './root.js'

/** Rewrites README's table from the last runs of `npm run bench`. */
const path = join(ROOT, 'README.md')
const runs = readRuns()
if (runs.length === 0) throw new Error(`no results in ${resultsFile()}: run \`npm run bench\` first`)
writeFileSync(path, withBlock(readFileSync(path, 'utf8'), printBlock(runs)))
const missing = BENCHMARKS.filter(({ name }) => !runs.some(({ benchmark }) => benchmark === name))
console.log(`README's table is made of ${runs.length} runs.`)
if (missing.length > 0) console.log(`Not run yet: ${missing.map(({ name }) => name).join(', ')}`)

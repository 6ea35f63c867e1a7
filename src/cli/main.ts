#!/usr/bin/env node
import { processIO } from './io.js'
import { run } from './run.js'

// A reader that has seen enough, such as `head`, closes the pipe. The writes learn of it by their own callbacks; without
// a listener the event would end the process with a stack.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

process.exitCode = await run(process.argv.slice(2), processIO())

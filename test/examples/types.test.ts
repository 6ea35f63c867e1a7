import { expect, test } from 'vitest'
import { run } from '../support/child.js'

test('examples are checked against the types of the built package', async () => {
  const { code, stdout } = await run(process.execPath, [
    'node_modules/typescript/bin/tsc',
    '-p',
    'examples/tsconfig.json',
  ])
  expect(stdout).toBe('')
  expect(code).toBe(0)
}, 120_000)

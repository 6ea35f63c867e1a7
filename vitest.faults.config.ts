import { defineConfig } from 'vitest/config'

/** The slow and destructive tests: one file at a time, so that none disturbs another's faults. */
export default defineConfig({
  test: {
    include: [
      'test/faults/**/*.test.ts',
      'test/**/*.slow.test.ts',
      // All cases of what `npm test` tries a part of.
      'test/cli/golden.test.ts',
      'test/store/rollups.test.ts',
      'test/store/sqlite.test.ts',
      'test/tracking/contract.test.ts',
    ],
    env: { THOROUGH: '1' },
    exclude: ['**/node_modules/**'],
    globalSetup: ['test/support/build.ts'],
    reporters: ['default', './test/support/summary.ts'],
    pool: 'forks',
    fileParallelism: false,
    expect: { poll: { timeout: 20_000 } },
    testTimeout: 600_000,
    hookTimeout: 60_000,
  },
})

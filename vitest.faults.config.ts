import { defineConfig } from 'vitest/config'

/** The slow and destructive tests: one file at a time, so that none disturbs another's faults. */
export default defineConfig({
  test: {
    include: ['test/faults/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    globalSetup: ['test/support/build.ts'],
    reporters: ['default', './test/support/summary.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 60_000,
  },
})

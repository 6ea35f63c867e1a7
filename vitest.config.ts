import { defineConfig } from 'vitest/config'

const SLOW = ['test/**/*.slow.test.ts', 'test/faults/**', 'test/fixtures/**', '**/node_modules/**']

const SHARING = ['config', 'dashboard', 'maintenance', 'record', 'server', 'span', 'store'].map(
  (room) => `test/${room}/**/*.test.ts`,
)

export default defineConfig({
  test: {
    projects: [
      // Their files share a process, which saves starting one for each and reading the sources again in it.
      { extends: true, test: { name: 'rooms', include: SHARING, exclude: SLOW, isolate: false } },
      // What sets up OpenTelemetry, a tracker or the environment of its process has one for itself.
      {
        extends: true,
        test: { name: 'processes', include: ['test/**/*.test.ts'], exclude: [...SLOW, ...SHARING] },
      },
    ],
    globalSetup: ['test/support/build.ts'],
    reporters: ['default', './test/support/summary.ts'],
    pool: 'forks',
    maxWorkers: 2,
    expect: { poll: { timeout: 20_000 } },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: { provider: 'v8', include: ['src/**', 'exporters/**'], reporter: ['text-summary', 'text'] },
  },
})

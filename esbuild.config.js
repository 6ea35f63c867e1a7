import { rmSync } from 'node:fs'
import { build } from 'esbuild'

/** The package's JavaScript: one file for each door, and what doors share in files between them. */
const outdir = 'dist/lib'
rmSync(outdir, { recursive: true, force: true })
await build({
  entryPoints: {
    index: 'src/index.ts',
    store: 'src/store/index.ts',
    exporters: 'exporters/index.ts',
    maintenance: 'src/maintenance/index.ts',
    pipeline: 'src/pipeline/index.ts',
    register: 'src/register.ts',
    cli: 'src/cli/main.ts',
    'otlp-worker': 'exporters/otlp/worker.ts',
    server: 'src/server/index.ts',
    'sqlite-worker': 'src/store/sqlite/worker.ts',
    'sqlite-reader': 'src/store/sqlite/reader-process.ts',
  },
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  logLevel: 'warning',
})

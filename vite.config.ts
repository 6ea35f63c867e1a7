import { defineConfig } from 'vite'

/** The dashboard's page: relative addresses only, so that it works below any path, and nothing inline, for its policy. */
export default defineConfig({
  root: 'src/dashboard',
  base: './',
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none' },
  build: {
    outDir: '../../dist/dashboard',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  logLevel: 'warn',
})

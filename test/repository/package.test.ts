import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT, run, runNode } from '../support/child.js'
import { tempDatabase, tempFolder } from '../support/temp.js'

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest

/**
 * An empty project with the packed package in it. Its dependencies are links to those of this repository: what `npm
 * install` would bring without asking the network.
 */
function project(): string {
  const folder = tempFolder()
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  const home = join(folder, 'node_modules', '@cloudcurio', 'feature-tracking')
  mkdirSync(home, { recursive: true })
  execFileSync('tar', ['-xzf', join(folder, packed.trim()), '-C', home, '--strip-components=1'])
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    mkdirSync(join(folder, 'node_modules', name, '..'), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name))
  }
  return folder
}

const USE = `
const ask = trackFeature('ask', FeatureCategory.AI_PROVIDER)(async (text) => text.toUpperCase())
const main = async () => {
  const answer = await ask('hello')
  const records = await featureTracker.getAllRecords({ featureName: 'ask' })
  console.log(JSON.stringify([answer, records.length, records[0].status, typeof FeatureTrackerDB, typeof FeatureUsageExporter, typeof FeatureSpanProcessor, typeof featureSampler]))
  await featureTracker.shutdown()
}
main()
`

const IMPORTS = `
import { trackFeature, FeatureCategory, featureTracker } from '@cloudcurio/feature-tracking'
import { FeatureTrackerDB } from '@cloudcurio/feature-tracking/store'
import { FeatureUsageExporter } from '@cloudcurio/feature-tracking/exporters'
import { FeatureSpanProcessor, featureSampler } from '@cloudcurio/feature-tracking/pipeline'
`

const REQUIRES = IMPORTS.replaceAll(/import (\{.*\}) from ('.*')/g, 'const $1 = require($2)')

describe('the packed package', () => {
  it('works in an empty project from ESM and from CommonJS, and its command runs', async () => {
    const folder = project()
    writeFileSync(join(folder, 'esm.mjs'), IMPORTS + USE)
    writeFileSync(join(folder, 'cjs.cjs'), REQUIRES + USE)
    for (const file of ['esm.mjs', 'cjs.cjs']) {
      const { code, stdout, stderr } = await run(process.execPath, ['--no-warnings', join(folder, file)], {
        FEATURE_TRACKING_DB_PATH: tempDatabase(),
      })
      expect(stderr).toBe('')
      expect(JSON.parse(stdout)).toEqual(['HELLO', 1, 'success', 'function', 'function', 'function', 'function'])
      expect(code).toBe(0)
    }
    const cli = await run(process.execPath, [
      join(folder, 'node_modules/@cloudcurio/feature-tracking/dist/lib/cli.js'),
      '--version',
    ])
    expect(cli.stdout.trim()).toBe('0.1.0')
  })

  it('holds what is built and nothing else', () => {
    const home = join(project(), 'node_modules', '@cloudcurio', 'feature-tracking')
    expect(readdirSync(home).toSorted()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist',
      'package.json',
      'rules.schema.json',
    ])
    const stray = readdirSync(join(home, 'dist'), { recursive: true, encoding: 'utf8' }).filter(
      (name) => !/\.(ts|js)$|^dashboard\/.*\.(html|css|svg)$/.test(name) && name.includes('.'),
    )
    expect(stray).toEqual([])
  })
})

describe('importing the package', () => {
  it('starts no thread and loads no SQLite, no SDK, no server and no command line', async () => {
    const program = `
      import { createRequire } from 'node:module'
      await import('@cloudcurio/feature-tracking')
      const files = Object.keys(createRequire(import.meta.url).cache)
      const threads = process.getActiveResourcesInfo().filter((name) => name.includes('Message') || name.includes('Worker'))
      console.log(JSON.stringify({ packages: files.map((file) => /.*node_modules\\/((@[^/]*\\/)?[^/]*)/.exec(file)?.[1]), threads }))
    `
    const { stdout, stderr } = await runNode(program)
    expect(stderr).toBe('')
    const { packages, threads } = JSON.parse(stdout) as { packages: string[]; threads: string[] }
    expect([...new Set(packages)]).toEqual(['@opentelemetry/api'])
    expect(threads).toEqual([])
  })
})

describe('dependencies', () => {
  it('are pinned to one version each', () => {
    const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
    )
    expect(loose).toEqual([])
  })
})

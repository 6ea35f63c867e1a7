import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import ts from 'typescript'
import { describe, expect, it, onTestFinished } from 'vitest'
import { EXIT_CODES } from '../../src/cli/errors.js'
import { createProgram } from '../../src/cli/program.js'
import { SETTINGS } from '../../src/config/index.js'
import { FeatureTracker } from '../../src/index.js'
import { RECORD_FIELDS } from '../../src/record/index.js'
import { VERSION } from '../../src/tracker/version.js'
import { cli, originalFile, Sink } from '../cli/helpers.js'
import { ROOT, runNode } from '../support/child.js'
import { tempDatabase } from '../support/temp.js'

const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8')

const readme = read('README.md')
const contributing = read('CONTRIBUTING.md')
const manifest = JSON.parse(read('package.json')) as { version: string; scripts: Readonly<Record<string, string>> }
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'docs/cli.md',
  'docs/data.md',
  'docs/maintenance.md',
  'docs/walkthrough.md',
  ...decisions(),
]

function decisions(): string[] {
  return readdirSync(join(ROOT, 'docs/decisions')).map((name) => `docs/decisions/${name}`)
}

/** The rows below the head of a table between two markers, without the code marks around whole cells. */
function table(marker: string): string[][] {
  const [, text = ''] = readme.split(new RegExp(`<!-- /?${marker} -->`))
  const lines = text.split('\n').filter((line) => line.startsWith('|'))
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replace(/^`([^`]*)`$/, '$1')),
  )
}

/** The text below a heading of the second level. */
function section(title: string): string {
  const [, text = ''] = readme.split(`\n## ${title}\n`)
  return text.split('\n## ')[0] as string
}

interface Block {
  readonly info: string
  readonly code: string
}

const blocks: readonly Block[] = [...readme.matchAll(/^```(.*)\n([\s\S]*?)\n```$/gm)].map(([, info, code]) => ({
  info: info as string,
  code: code as string,
}))

function program(): Command {
  return createProgram({
    stdout: new Sink(),
    stderr: new Sink(),
    env: {},
    isTTY: false,
    columns: undefined,
    now: () => 0,
  })
}

/** Commands that do something, by their whole names: those with commands below them only lead there. */
function leaves(command: Command, around = ''): { name: string; command: Command }[] {
  const name = `${around} ${command.name()}`.trim()
  if (command.commands.length === 0) return [{ name, command }]
  return command.commands.flatMap((below) => leaves(below, around === '' && command.parent === null ? '' : name))
}

/** Long options of a command, help and version included. */
function longOptions(command: Command): string[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .map((option) => option.long as string)
}

describe('README', () => {
  it('begins with the demo and the tests', () => {
    expect(blocks.slice(0, 2)).toEqual([
      { info: 'sh', code: 'npm ci && npm run demo' },
      { info: 'sh', code: 'npm ci && npm test' },
    ])
  })

  it('has the settings as the code has them', () => {
    expect(table('settings')).toEqual(
      SETTINGS.map(({ variable, defaultText, description }) => [
        variable,
        defaultText === '' ? 'none' : defaultText,
        description,
      ]),
    )
    for (const { name } of SETTINGS) expect(section('Settings')).toContain(`\`${name}\``)
  })

  it('has the exit codes as the code has them', () => {
    expect(table('exit-codes')).toEqual(EXIT_CODES.map(({ code, meaning }) => [String(code), meaning]))
  })

  it('names every command, and only options that there are', () => {
    const text = section('Command line')
    const root = program()
    const commands = leaves(root)
    for (const { name } of commands) expect(text).toMatch(new RegExp(`^\\| .*\`${name}[ \`]`, 'm'))
    const all = new Set([root, ...commands.map(({ command }) => command)].flatMap(longOptions))
    const named = [...text.matchAll(/(?<![-|\w])--[a-z][a-z-]*/g)].map(([option]) => option)
    expect(named.filter((option) => !all.has(option))).toEqual([])
  })

  it('shows what the commands print', async () => {
    const shown = blocks.filter(({ info }) => info === 'text').map(({ code }) => code)
    const asked = [...section('Command line').matchAll(/^npx feature-tracking (.*)$/gm)].map(
      ([, line]) => line as string,
    )
    expect(asked).toHaveLength(shown.length)
    for (const [index, line] of asked.entries()) {
      const { code, stdout } = await cli([...line.split(' '), '--db-path', originalFile()])
      expect({ code, stdout: stdout.trimEnd() }).toEqual({ code: 0, stdout: shown[index] })
    }
  })

  it('names every field that comes back', async () => {
    const tracker = new FeatureTracker({ dbPath: tempDatabase() })
    onTestFinished(() => tracker.shutdown())
    tracker.trackFeature('call')(() => 1)()
    const [top] = await tracker.getTopFeatures(1)
    const stats = await tracker.getFeatureStats('call')
    const text = section('What comes back')
    const fields = [...RECORD_FIELDS, ...Object.keys(stats), ...Object.keys(top ?? {})]
    expect(fields.filter((field) => !text.includes(`\`${field}\``))).toEqual([])
  })

  it('names every example', () => {
    const examples = readdirSync(join(ROOT, 'examples')).filter((name) => /^(?!tsconfig|shared)/.test(name))
    expect(examples.length).toBeGreaterThan(4)
    for (const name of examples) expect(section('Examples')).toContain(`(examples/${name}`)
  })

  const runnable = blocks.filter(({ info }) => info.endsWith(' run'))

  it('has runnable blocks, and no JavaScript that is not', () => {
    expect(runnable.length).toBeGreaterThan(5)
    expect(blocks.filter(({ info }) => /^(js|ts)$/.test(info))).toEqual([])
  })

  it.each(runnable)('runs $info: $code', async ({ info, code }) => {
    for (const text of info === 'ts run' ? [compiled(code, false), compiled(code, true)] : [code]) {
      const { code: exit, stderr } = await runNode(text, { env: { FEATURE_TRACKING_DB_PATH: tempDatabase() } })
      expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
    }
  })
})

/** With TC39 or with legacy decorators. */
function compiled(code: string, experimentalDecorators: boolean): string {
  return ts.transpileModule(code, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, experimentalDecorators },
  }).outputText
}

describe('documentation', () => {
  it('names only scripts that there are', () => {
    const named = [...`${readme}${contributing}`.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name as string)
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter((name) => manifest.scripts[name] === undefined)).toEqual([])
  })

  it('names only rooms that there are, and all of them', () => {
    const rooms = [...contributing.matchAll(/^\| \d +\| `([^`]+)`/gm)].map(([, room]) => room as string)
    const inSource = readdirSync(join(ROOT, 'src')).map((name) => `src/${name}`)
    expect(rooms.toSorted()).toEqual(['exporters', ...inSource].toSorted())
  })

  it.each(documents)('%s links only to what there is', (name) => {
    const targets = [...read(name).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target as string)
    const local = targets.filter((target) => !/^https?:/.test(target))
    const missing = local.filter((target) => {
      const [path = '', anchor] = target.split('#')
      const file = path === '' ? name : join(name, '..', path)
      if (!existsSync(join(ROOT, file))) return true
      return anchor !== undefined && !anchors(read(file)).includes(anchor)
    })
    expect(missing).toEqual([])
  })

  it.each(documents)('%s names only files of the repository that there are', (name) => {
    const paths = [...read(name).matchAll(/`((?:src|test|exporters|docs|examples)\/[\w./-]+)`/g)]
    expect(paths.map(([, path]) => path as string).filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
  })

  it('has one version', () => {
    expect(VERSION).toBe(manifest.version)
    expect(read('CHANGELOG.md')).toContain(`## [${VERSION}]`)
  })
})

function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    (title as string)
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  )
}

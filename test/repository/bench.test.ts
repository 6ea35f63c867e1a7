import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { WRITER_PRAGMAS } from '../../bench/data/raw.js'
import { blockOf, HEAD, printBlock, withBlock } from '../../bench/readme-block.js'
import { BENCHMARKS } from '../../bench/registry.js'
import type { Run } from '../../bench/result.js'
import { ROOT } from '../support/child.js'

const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8')

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly packages?: Readonly<Record<string, { readonly dependencies?: Readonly<Record<string, string>> }>>
}

const runOf = (benchmark: string, rows?: number): Run => ({
  benchmark,
  ...(rows === undefined ? {} : { rows }),
  date: '2026-11-24',
  node: 'v20.20.2',
  cores: 2,
  options: '',
  results: [{ name: 'figure', value: rows ?? 1, unit: 'ms', baseline: 'other', ratio: 2, grows: true }],
})

describe("README's table of benchmarks", () => {
  const block = blockOf(read('README.md'))

  it('says what it ran on and when', () => {
    expect(block).toMatch(/^Node \d+\.\d+\.\d+.* on \d+ cores, \d{4}-\d\d-\d\d/)
  })

  it('has every benchmark that bench/ declares', () => {
    expect(BENCHMARKS.length).toBeGreaterThan(8)
    for (const { name, title } of BENCHMARKS) expect(block).toMatch(new RegExp(`\\*\\*${title}.*\\(\`${name}[ \`]`))
  })

  it('has the form that the command prints', () => {
    const cells = (line: string | undefined): string[] | undefined => line?.split('|').map((cell) => cell.trim())
    const [, , head, ...lines] = block.split('\n')
    expect(cells(head)).toEqual(['', ...HEAD, ''])
    expect(new Set(lines.map((line) => line.length))).toEqual(new Set([head?.length]))
  })
})

describe('the printer', () => {
  it('puts a block between the markers and leaves the rest', () => {
    const readme = read('README.md')
    expect(withBlock(readme, blockOf(readme))).toBe(readme)
    expect(blockOf(withBlock(readme, 'other'))).toBe('other')
    expect(() => blockOf('no markers')).toThrow('README has no')
  })

  it('prints runs in the order of the registry, sizes apart, and growth between them', () => {
    const text = printBlock([runOf('queries', 10_000_000), runOf('queries', 1_000_000), runOf('call')])
    const found = ['(`call`)', '1 M rows** (`queries`)', '10 M rows** (`queries`)', 'Growth with the table']
    expect(found.map((part) => text.indexOf(part))).toEqual(
      found.map((part) => text.indexOf(part)).toSorted((a, b) => a - b),
    )
    expect(text).not.toContain('undefined')
    expect(text).toMatch(/figure, 10 M rows +\| 10,000,000 ms +\| 10\.0 × +\| the same at 1 M rows/)
  })
})

describe('what is compared with', () => {
  it('raw inserts have the pragmas of the writer', () => {
    const folder = join(ROOT, 'src/store')
    const source = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !/housekeeping|transfer/.test(name))
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n')
    const found = [...source.matchAll(/pragma\('(\w+ = \w+)'\)/g)].map(([, pragma]) => pragma as string)
    expect(found.filter((pragma) => pragma !== 'query_only = ON').toSorted()).toEqual([...WRITER_PRAGMAS].toSorted())
  })

  it('neighbours are pinned, locked, and no part of the package', () => {
    const own = JSON.parse(read('package.json')) as Manifest
    const { dependencies = {} } = JSON.parse(read('bench/neighbours/package.json')) as Manifest
    const lock = JSON.parse(read('bench/neighbours/package-lock.json')) as Manifest
    expect(Object.values(dependencies).filter((version) => !/^\d+\.\d+\.\d+(-r\.\d+)?$/.test(version))).toEqual([])
    expect(lock.packages?.['']?.dependencies).toEqual(dependencies)
    const shared = Object.keys(dependencies).filter((name) => own.dependencies?.[name] !== undefined)
    expect(shared.filter((name) => !name.startsWith('@opentelemetry/'))).toEqual([])
  })
})

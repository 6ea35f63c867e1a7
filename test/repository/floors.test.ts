import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../support/child.js'

/** Floors of the rooms; a file imports its own room and lower floors, never sideways or up. */
const FLOORS: Readonly<Record<string, number>> = {
  'src/record': 0,
  'src/config': 0,
  'src/health': 0,
  'src/span': 1,
  'src/store': 1,
  'src/tracking': 2,
  'src/maintenance': 2,
  exporters: 2,
  'src/pipeline': 3,
  'src/mcp': 3,
  'src/server': 3,
  'src/dashboard': 3,
  'src/tracker': 4,
  'src/cli': 4,
  'src/index.ts': 5,
  'src/registration': 5,
  'src/register.ts': 6,
}

/** What every page may know of the server: types. */
const CONTRACT = join('src', 'server', 'contract.ts')

/** What a room may take from outside the package, where that is restricted. */
const EXTERNAL: Readonly<Record<string, RegExp>> = {
  'src/record': /^node:/,
  'src/config': /^node:/,
  'src/health': /^@opentelemetry\/api$/,
  'src/span': /^@opentelemetry\/api$/,
  'src/store': /^(node:|better-sqlite3$)/,
  'src/tracking': /^(node:|@opentelemetry\/api$)/,
  'src/mcp': /^(node:|@opentelemetry\/api$)/,
  'src/maintenance': /^(node:|better-sqlite3$|hyparquet(-writer)?$|@opentelemetry\/)/,
  'src/server': /^(node:|hono(\/|$)|@hono\/|csv-stringify)/,
  'src/dashboard': /^(preact(\/hooks)?|@preact\/signals|uplot(\/dist\/uPlot\.min\.css)?)$/,
  'src/cli': /^(node:|commander$|picocolors$|csv-stringify|string-width$)/,
}

interface Import {
  readonly file: string
  readonly from: string
  readonly typeOnly: boolean
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^'"\n]|\n(?!\s*(?:import|export|const|function|class)\b))*?from\s+'([^']+)'|(?<!typeof )import\(\s*'([^']+)'\s*\)/g

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'))
    .map((name) => join(folder, name))
}

const files = [...filesBelow('src'), ...filesBelow('exporters')]
const imports = files.flatMap((file): Import[] =>
  [...readFileSync(join(ROOT, file), 'utf8').matchAll(IMPORT)].map((match) => ({
    file,
    from: (match[2] ?? match[3]) as string,
    typeOnly: match[1] !== undefined,
  })),
)

function roomOf(file: string): string {
  const room = Object.keys(FLOORS).find((name) => file === name || file.startsWith(name + sep))
  if (room === undefined)
    throw new Error(`${file} lies in no room: give it one, and a floor in this test and in CONTRIBUTING.md`)
  return room
}

function targetOf({ file, from }: Import): string {
  return relative(ROOT, join(ROOT, dirname(file), from))
    .replace(/\.js$/, '.ts')
    .replace(/\.jsx$/, '.tsx')
}

/** Whether it is a page that takes the server's types: nothing of them is left when it runs. */
function takesContract(item: Import): boolean {
  return roomOf(item.file) === 'src/dashboard' && item.typeOnly && targetOf(item) === CONTRACT
}

describe('floors', () => {
  it('are kept: a file imports its own room and lower ones', () => {
    const local = imports.filter((item) => item.from.startsWith('.') && !takesContract(item))
    expect(local.length).toBeGreaterThan(150)
    const broken = local.filter((item) => {
      const [room, target] = [roomOf(item.file), roomOf(targetOf(item))]
      return room !== target && (FLOORS[target] as number) >= (FLOORS[room] as number)
    })
    expect(broken).toEqual([])
  })

  it('are entered by the door: another room is imported through its index', () => {
    const around = imports
      .filter((item) => item.from.startsWith('.') && !takesContract(item))
      .filter((item) => roomOf(item.file) !== roomOf(targetOf(item)) && !targetOf(item).endsWith('index.ts'))
    expect(around).toEqual([])
  })

  it('tracking and the store never meet', () => {
    const meetings = imports.filter(({ file, from }) => {
      const target = from.startsWith('.') ? roomOf(targetOf({ file, from, typeOnly: false })) : ''
      return (
        (roomOf(file) === 'src/tracking' && target === 'src/store') ||
        (roomOf(file) === 'src/store' && target === 'src/tracking')
      )
    })
    expect(meetings).toEqual([])
  })

  it('the page knows of the server the types of its contract alone', () => {
    const ofServer = imports.filter(({ file, from }) => roomOf(file) === 'src/dashboard' && from.includes('/server/'))
    expect(ofServer.length).toBeGreaterThan(10)
    expect(ofServer.filter((item) => !takesContract(item))).toEqual([])
    const ofOthers = imports
      .filter(({ file }) => roomOf(file) !== 'src/dashboard')
      .filter(({ from }) => from.includes('dashboard/'))
    expect(ofOthers).toEqual([])
  })

  it('take from outside only what they may', () => {
    const foreign = imports
      .filter(({ from }) => !from.startsWith('.'))
      .filter(({ file, from }) => EXTERNAL[roomOf(file)]?.test(from) === false)
    expect(foreign).toEqual([])
  })

  it('import the SDK by type only: it is loaded when it is needed', () => {
    const loading = imports.filter(
      ({ from, typeOnly }) => from.startsWith('@opentelemetry/') && from !== '@opentelemetry/api' && !typeOnly,
    )
    expect(loading).toEqual([])
  })

  it('keep files short: at most 300 lines', () => {
    const long = files
      .map((file) => `${file} ${readFileSync(join(ROOT, file), 'utf8').split('\n').length}`)
      .filter((line) => Number(line.split(' ')[1]) > 300)
    expect(long).toEqual([])
  })
})

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command, Option } from 'commander'
import { describe, expect, it } from 'vitest'
import { createProgram } from '../../src/cli/program.js'
import { Sink } from '../cli/helpers.js'
import { ROOT } from '../support/child.js'

/** `npm run golden` sets it: the tables are then written instead of compared. */
const isUpdating = process.env['UPDATE_GOLDEN'] === '1'

const PATH = join(ROOT, 'docs/cli.md')

function program(): Command {
  const io = { stdout: new Sink(), stderr: new Sink(), env: {}, isTTY: false, columns: undefined, now: () => 0 }
  return createProgram(io)
}

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`)
}

function defaultOf({ defaultValue, defaultValueDescription, negate }: Option): string {
  if (defaultValue === undefined || negate) return ''
  return ` (default: ${defaultValueDescription ?? String(defaultValue)})`
}

/** The reference of one command, as docs/cli.md has it between markers. */
function reference(command: Command): string {
  const root = command.parent === null
  const options = root ? command.createHelp().visibleOptions(command) : command.options
  const rows = options.map(
    (option) => `| \`${cell(option.flags)}\` | ${cell(option.description)}${defaultOf(option)} |`,
  )
  const args = command.registeredArguments.map(
    (argument) =>
      `| \`${argument.required ? '<' : '['}${argument.name()}${argument.required ? '>' : ']'}\` | ${cell(argument.description)} |`,
  )
  const table = [...args, ...rows]
  if (table.length === 0) return command.description()
  return [command.description(), '', '| Option | Meaning |', '| --- | --- |', ...table].join('\n')
}

const root = program()
const all = [root, ...root.commands.flatMap((command) => (command.commands.length > 0 ? command.commands : [command]))]

function nameOf(command: Command): string {
  if (command.parent === null) return 'every command'
  return command.parent.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`
}

describe('docs/cli.md', () => {
  it.each(all.map((command) => [nameOf(command), command] as const))('has %s as its help has it', (name, command) => {
    const text = readFileSync(PATH, 'utf8')
    const pattern = new RegExp(`(<!-- ${name} -->\n\n)[\\s\\S]*?\n*(<!-- /${name} -->)`)
    expect(text).toMatch(pattern)
    if (isUpdating)
      writeFileSync(
        PATH,
        text.replace(pattern, (_, open: string, close: string) => `${open}${reference(command)}\n\n${close}`),
      )
    const found = pattern.exec(readFileSync(PATH, 'utf8'))?.[0] ?? ''
    // The formatter sets the columns of tables.
    const squeezed = (table: string) => table.replaceAll(/ *\| */g, '|').replaceAll(/-{3,}/g, '---')
    expect(squeezed(found)).toContain(squeezed(reference(command)))
  })

  it('names no command and no option that is not there', () => {
    const text = readFileSync(PATH, 'utf8')
    const named = [...text.matchAll(/<!-- ([a-z][\w -]*) -->/g)].map(([, name]) => name)
    expect(new Set(named)).toEqual(new Set(all.map(nameOf)))
    const options = new Set(
      all.flatMap((command) =>
        command
          .createHelp()
          .visibleOptions(command)
          .map(({ long }) => long),
      ),
    )
    const used = [...text.matchAll(/(?<![-\w])--[a-z][a-z-]*/g)].map(([option]) => option)
    expect(used.filter((option) => !options.has(option))).toEqual([])
  })
})

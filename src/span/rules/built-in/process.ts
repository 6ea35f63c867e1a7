import { FeatureCategory } from '../../../record/index.js'
import { numberOf, textOf, words } from '../reading.js'
import type { SpanAttributes } from '../rule.js'
import type { BuiltIn } from './built-in.js'

const PROGRAM = ['process.executable.name', 'process.command', 'process.executable.path']
const EXIT_CODE = ['process.exit.code']

/** Programs that are run: `run git`. Never their arguments. */
export const processes: BuiltIn = {
  set: 'process',
  looksFor: 'process.executable.name or process.exit.code',
  marks: { attributes: ['process.executable.name', 'process.exit.code'] },
  matches: (_name, _kind, attributes) =>
    attributes['process.executable.name'] !== undefined || attributes['process.exit.code'] !== undefined,
  featureName: ({ attributes }) => words('run', programOf(attributes)),
  category: () => FeatureCategory.TERMINAL_TOOL,
  layer: () => 'process',
  details({ attributes }) {
    const [program, code] = [programOf(attributes), numberOf(attributes, EXIT_CODE)]
    return {
      metadata: {
        ...(program === undefined ? {} : { 'process.executable.name': program }),
        ...(code === undefined ? {} : { 'process.exit.code': code }),
      },
    }
  },
}

/** The file's name alone: neither its folder nor what follows on the command line. */
function programOf(attributes: SpanAttributes): string | undefined {
  const program = textOf(attributes, PROGRAM)
  const [command = ''] = program?.trim().split(/\s/, 1) ?? []
  const name = command.split(/[/\\]/).at(-1)
  return name === '' ? undefined : name
}

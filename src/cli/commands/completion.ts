import type { Command, Option } from 'commander'
import type { CommandContext } from '../context.js'
import { CliError } from '../errors.js'
import { FEATURE_CATEGORIES, FEATURE_STATUSES } from '../../record/index.js'
import { write } from '../output/write.js'

const SHELLS = { bash, zsh, fish } as const

/** What completes commands, options and the values that are known. @throws CliError for another shell */
export async function completion(context: CommandContext, program: Command, shell: string): Promise<void> {
  if (!Object.hasOwn(SHELLS, shell))
    throw new CliError('usage', `there is no completion for ${JSON.stringify(shell)}`, 'give bash, zsh or fish')
  await write(context.io.stdout, [SHELLS[shell as keyof typeof SHELLS](tree(program))])
}

interface CompletedOption {
  readonly long: string
  readonly short: string | undefined
  readonly description: string
  readonly takesValue: boolean
  readonly takesFile: boolean
  readonly values: readonly string[]
}

interface CompletedCommand {
  readonly name: string
  readonly description: string
  readonly options: readonly CompletedOption[]
  /** Values of its argument, where they are known. */
  readonly values: readonly string[]
  readonly takesFile: boolean
}

interface Tree {
  readonly commands: readonly CompletedCommand[]
  readonly options: readonly CompletedOption[]
}

const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  completion: Object.keys(SHELLS),
  migrate: ['status', 'up'],
}

function tree(program: Command): Tree {
  const commands = program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    options: command.options.map(completed),
    values: ARGUMENTS[command.name()] ?? [],
    takesFile: command.registeredArguments.some((argument) => /file|command/.test(argument.name())),
  }))
  const help = { name: 'help', description: 'Show the help of a command.', options: [], takesFile: false }
  return {
    commands: [...commands, { ...help, values: commands.map(({ name }) => name) }],
    options: [
      ...program.options.map(completed),
      { long: '--help', short: '-h', description: 'show this help', takesValue: false, takesFile: false, values: [] },
    ],
  }
}

function completed(option: Option): CompletedOption {
  return {
    long: option.long ?? '',
    short: option.short,
    description: option.description,
    takesValue: option.required || option.optional,
    takesFile: /<(?:path|file|folder)>/.test(option.flags),
    values: VALUES[option.long ?? ''] ?? [],
  }
}

const VALUES: Readonly<Record<string, readonly string[]>> = {
  '--category': FEATURE_CATEGORIES,
  '--status': FEATURE_STATUSES,
  '--since': ['1h', '24h', '7d', '30d'],
  '--time-zone': ['UTC'],
}

const words = (list: readonly string[]) => list.join(' ')
const names = (options: readonly CompletedOption[]) =>
  options.flatMap(({ long, short }) => (short === undefined ? [long] : [long, short]))

function bash({ commands, options }: Tree): string {
  const all = [...options, ...commands.flatMap((command) => command.options)]
  const withValues = all.filter(({ values }, index) => values.length > 0 && isFirst(all, index))
  const withFiles = all.filter(({ takesFile }, index) => takesFile && isFirst(all, index))
  const free = all.filter(
    (option, index) => option.takesValue && option.values.length === 0 && !option.takesFile && isFirst(all, index),
  )
  return `# bash completion of feature-tracking
_feature_tracking() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command= word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in ${commands.map(({ name }) => name).join('|')}) command=$word; break ;; esac
  done
  case $prev in
${withValues.map((option) => `    ${names([option]).join('|')}) COMPREPLY=($(compgen -W "${words(option.values)}" -- "$cur")); return ;;`).join('\n')}
    ${names(withFiles).join('|')}) COMPREPLY=($(compgen -f -- "$cur")); return ;;
    ${names(free).join('|')}) COMPREPLY=(); return ;;
  esac
  case $command in
    '') COMPREPLY=($(compgen -W "${words([...commands.map(({ name }) => name), ...names(options)])}" -- "$cur")) ;;
${commands.map((command) => bashCommand(command, options)).join('\n')}
  esac
}
complete -o default -F _feature_tracking feature-tracking
`
}

function bashCommand(command: CompletedCommand, options: readonly CompletedOption[]): string {
  const list = words([...command.values, ...names(command.options), ...names(options)])
  const files = command.takesFile ? ' [[ $cur == -* ]] || COMPREPLY=($(compgen -f -- "$cur"));' : ''
  return `    ${command.name}) COMPREPLY=($(compgen -W "${list}" -- "$cur"));${files} ;;`
}

function isFirst(all: readonly CompletedOption[], index: number): boolean {
  return all.findIndex(({ long }) => long === all[index]?.long) === index
}

function zsh({ commands, options }: Tree): string {
  return `#compdef feature-tracking
# zsh completion of feature-tracking
_feature_tracking() {
  local -a commands
  commands=(
${commands.map(({ name, description }) => `    ${quoted(`${name}:${description}`)}`).join('\n')}
  )
  local command=\${words[(r)(${commands.map(({ name }) => name).join('|')})]}
  if [[ -z $command || $CURRENT -le \${words[(i)$command]} ]]; then
    _arguments -S ${options.map(zshOption).join(' ')} '*: :->command'
    [[ $state == command ]] && _describe command commands
    return
  fi
  case $command in
${commands.map((command) => `    ${command.name}) _arguments -S ${[...command.options, ...options].map(zshOption).join(' ')} '1: :' ${quoted(zshArgument(command))} ;;`).join('\n')}
  esac
}
if [[ $funcstack[1] == _feature-tracking ]]; then _feature_tracking "$@"; else compdef _feature_tracking feature-tracking; fi
`
}

function zshArgument({ values, takesFile }: CompletedCommand): string {
  if (values.length > 0) return `*: :(${words(values)})`
  return takesFile ? '*: :_files' : '*: :'
}

function zshOption({ long, short, description, takesValue, takesFile, values }: CompletedOption): string {
  const text = `[${description.replaceAll(/[[\]:\\]/g, String.raw`\$&`)}]`
  const value = !takesValue
    ? ''
    : takesFile
      ? ':file:_files'
      : values.length > 0
        ? `:value:(${words(values)})`
        : ':value:'
  return (short === undefined ? [long] : [long, short]).map((name) => quoted(`${name}${text}${value}`)).join(' ')
}

function fish({ commands, options }: Tree): string {
  const head = 'complete -c feature-tracking'
  const line = (condition: string, option: CompletedOption) =>
    [
      head,
      ...(condition === '' ? [] : ['-n', quoted(condition)]),
      '-l',
      option.long.slice(2),
      ...(option.short === undefined ? [] : ['-s', option.short.slice(1)]),
      ...(!option.takesValue ? [] : option.takesFile ? ['-r', '-F'] : ['-x']),
      ...(option.values.length === 0 ? [] : ['-a', quoted(words(option.values))]),
      '-d',
      quoted(option.description),
    ].join(' ')
  const lines = commands.flatMap((command) => {
    const inCommand = `__fish_seen_subcommand_from ${command.name}`
    return [
      `${head} -n '__fish_use_subcommand' -f -a ${command.name} -d ${quoted(command.description)}`,
      ...(command.takesFile ? [] : [`${head} -n ${quoted(inCommand)} -f`]),
      ...(command.values.length === 0
        ? []
        : [`${head} -n ${quoted(inCommand)} -f -a ${quoted(words(command.values))}`]),
      ...command.options.map((option) => line(inCommand, option)),
    ]
  })
  return ['# fish completion of feature-tracking', ...options.map((option) => line('', option)), ...lines, ''].join(
    '\n',
  )
}

/** In single quotes, as bash, zsh and fish read them. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

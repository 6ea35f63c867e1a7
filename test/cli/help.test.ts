import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { EXIT_CODES } from '../../src/cli/errors.js'
import { createProgram } from '../../src/cli/program.js'
import { SETTINGS } from '../../src/config/index.js'
import { cli, NOW, Sink } from './helpers.js'

const COMMANDS = ['list-features', 'feature-stats', 'list-records']

/** The words of a help page, whatever way its lines were wrapped. */
function words(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}

describe('help', () => {
  it('lists every command and says nothing else on the way', async () => {
    const { code, stdout, stderr } = await cli(['--help'])
    expect(code).toBe(0)
    expect(stderr).toBe('')
    for (const command of COMMANDS) expect(stdout).toContain(`\n  ${command}`)
  })

  it('has every setting with its default and description', async () => {
    const text = words((await cli(['--help'])).stdout)
    for (const { variable, description, defaultText } of SETTINGS)
      expect(text).toContain(`${variable} ${description} (default: ${defaultText === '' ? 'none' : defaultText})`)
  })

  it('has every exit code', async () => {
    const text = words((await cli(['--help'])).stdout)
    for (const { code, meaning } of EXIT_CODES) expect(text).toContain(`${code} ${meaning}`)
  })

  it.each(COMMANDS)('of %s has examples that parse and the options of every command', async (command) => {
    const { code, stdout } = await cli([command, '--help'])
    expect(code).toBe(0)
    for (const option of ['--db-path', '--json', '--csv', '--no-color']) expect(stdout).toContain(option)
    const examples = stdout.split('\n').filter((line) => line.startsWith(`  feature-tracking ${command}`))
    expect(examples.length).toBeGreaterThan(1)
    for (const example of examples) {
      const argv = example.replace(/ >.*/, '').trim().split(' ').slice(1)
      expect((await cli([...argv, '--db-path', '/nowhere/usage.db'])).stderr).toContain(
        'there is no file /nowhere/usage.db',
      )
    }
  })

  it('is the same as "help <command>"', async () => {
    expect((await cli(['help', 'list-records'])).stdout).toBe((await cli(['list-records', '--help'])).stdout)
  })

  it('keeps to 80 columns where it can be wrapped', async () => {
    for (const argv of [['--help'], ...COMMANDS.map((command) => [command, '--help'])])
      for (const line of (await cli(argv)).stdout.split('\n'))
        if (!line.startsWith('  feature-tracking ')) expect(line.length, line).toBeLessThanOrEqual(80)
  })

  it('has bold titles in a terminal that wants colours', async () => {
    const terminal = { isTTY: true, columns: 100 }
    expect((await cli(['--help'], terminal)).stdout).toContain('\u001b[1mUsage:\u001b[22m')
    expect((await cli(['--help'], terminal)).stdout).toContain('\u001b[1mExit codes:\u001b[22m')
    expect((await cli(['--help', '--no-color'], terminal)).stdout).not.toContain('\u001b')
    expect((await cli(['--help'], { ...terminal, env: { NO_COLOR: '1' } })).stdout).not.toContain('\u001b')
    expect((await cli(['--help'])).stdout).not.toContain('\u001b')
  })

  it('is what no command at all gets, as an error', async () => {
    const bare = await cli([])
    expect(bare.code).toBe(2)
    expect(bare.stdout).toBe('')
    expect(bare.stderr).toBe((await cli(['--help'])).stdout)
    expect(JSON.parse((await cli(['--json'])).stderr)).toMatchObject({
      error: { code: 'usage', message: 'no command was given' },
    })
  })
})

describe('version', () => {
  it('is the one in package.json', async () => {
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string
    }
    expect(await cli(['--version'])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' })
  })
})

describe('createProgram', () => {
  it('tells which commands and options there are', () => {
    const io = { stdout: new Sink(), stderr: new Sink(), env: {}, isTTY: false, columns: undefined, now: () => NOW }
    const program = createProgram(io)
    const options = Object.fromEntries(
      program.commands.map((command) => [command.name(), command.options.map((option) => option.long)]),
    )
    expect(options).toEqual({
      'list-features': ['--limit'],
      'feature-stats': ['--category'],
      'list-records': ['--feature', '--category', '--status', '--user', '--since', '--until', '--limit'],
      export: [
        '--feature',
        '--category',
        '--status',
        '--user',
        '--since',
        '--until',
        '--format',
        '--output',
        '--force',
        '--endpoint',
        '--protocol',
      ],
      import: ['--format', '--on-error'],
      merge: ['--into'],
      forget: ['--also', '--yes'],
      privacy: [],
    })
    expect(program.options.map((option) => option.long)).toEqual([
      '--version',
      '--db-path',
      '--json',
      '--csv',
      '--no-color',
    ])
  })
})

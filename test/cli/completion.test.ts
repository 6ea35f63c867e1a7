import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { createProgram } from '../../src/cli/program.js'
import { cli, NOW, Sink } from './helpers.js'

const has = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0

/** What bash would offer for the words of a line, the last of which is being written. */
async function offered(...words: string[]): Promise<string[]> {
  const { stdout } = await cli(['completion', 'bash'])
  const script = `${stdout}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
_feature_tracking; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout: found, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' })
  expect(stderr).toBe('')
  return found.trim().split('\n')
}

describe('completion', () => {
  it.skipIf(!has('bash'))('in bash offers commands, options and values (needs bash)', async () => {
    expect(await offered('feature-tracking', 'li')).toEqual(['list-features', 'list-records'])
    expect(await offered('feature-tracking', 'list-records', '--st')).toEqual(['--status'])
    expect(await offered('feature-tracking', 'list-records', '--status', '')).toEqual([
      'success',
      'failed',
      'partial',
      'timeout',
    ])
    expect(await offered('feature-tracking', '--json', 'cleanup', '--max')).toEqual(['--max-rows', '--max-size'])
    expect(await offered('feature-tracking', 'completion', '')).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish']))
    expect(await offered('feature-tracking', 'restore', 'package.j')).toEqual(['package.json'])
  })

  it.each(['bash', 'zsh', 'fish'])('for %s names every command and option', async (shell) => {
    const { stdout } = await cli(['completion', shell])
    const program = createProgram({
      stdout: new Sink(),
      stderr: new Sink(),
      env: {},
      isTTY: false,
      columns: undefined,
      now: () => NOW,
    })
    for (const command of [program, ...program.commands]) {
      if (command !== program) expect(stdout).toContain(command.name())
      for (const { long } of command.options) expect(stdout).toContain(shell === 'fish' ? `-l ${long?.slice(2)}` : long)
    }
  })

  it.skipIf(!has('zsh'))('in zsh is sound (needs zsh)', async () => {
    const { stdout } = await cli(['completion', 'zsh'])
    expect(spawnSync('zsh', ['-n', '-c', stdout], { encoding: 'utf8' }).stderr).toBe('')
  })

  it.skipIf(!has('fish'))('in fish is sound (needs fish)', async () => {
    const { stdout } = await cli(['completion', 'fish'])
    expect(spawnSync('fish', ['-n', '-c', stdout], { encoding: 'utf8' }).stderr).toBe('')
  })

  it('refuses other shells', async () => {
    expect(await cli(['completion', 'csh'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('bash, zsh or fish') as string,
    })
  })
})

import { describe, expect, it } from 'vitest'
import { measureFor } from '../../src/cli/output/width.js'
import { addRows, cli, emptyFile, originalFile } from './helpers.js'

const NASTY = [
  { feature_name: 'a\u001b[2J\u001b]0;owned\u0007b', error_message: 'first line\nsecond\r\nthird', status: 'failed' },
  { feature_name: 'gnp.\u202Eexe', user_id: '\u009b31m' },
  { feature_name: '漢字の名前'.repeat(5), error_message: '👩‍👩‍👧'.repeat(30), status: 'timeout' },
  { feature_name: 'x', start_time: '\u001b[H' },
]

const ESC = '\u001b'

// oxlint-disable-next-line no-control-regex -- colours are made of control characters
const COLOR = /\u001b\[\d+m/g

describe('a terminal', () => {
  it.each([60, 80, 100, 120, 200])('of %d columns is never exceeded', async (columns) => {
    const path = addRows(originalFile(), NASTY)
    for (const command of ['list-features', 'list-records']) {
      const { stdout } = await cli([command, '-n', '200', '--db-path', path], { isTTY: true, columns })
      const lines = stdout.replaceAll(COLOR, '').split('\n')
      const { widthOf } = await measureFor(lines)
      for (const line of lines) expect(widthOf(line), line).toBeLessThanOrEqual(columns)
    }
  })

  it('may be told another width by COLUMNS, and has 80 when it does not say', async () => {
    const argv = ['list-features', '--db-path', originalFile()]
    const narrow = await cli(argv, { isTTY: true, columns: 200, env: { COLUMNS: '80' } })
    expect(narrow.stdout).toContain('custom_agent…')
    for (const columns of [undefined, 0]) expect((await cli(argv, { isTTY: true, columns })).stdout).toBe(narrow.stdout)
  })

  it('is told what was left out', async () => {
    const path = originalFile()
    const { stdout } = await cli(['list-records', '-n', '4', '-f', 'divide', '--db-path', path, '--no-color'], {
      isTTY: true,
      columns: 80,
    })
    expect(stdout).toContain('\nNo room for: In, User.\nThere are older records: see --limit.\n')
    expect((await cli(['list-records', '-n', '4', '--db-path', path])).stdout).not.toContain('--limit')
    expect(
      (await cli(['list-records', '-n', '160', '--db-path', path], { isTTY: true, columns: 200 })).stdout,
    ).not.toContain('--limit')
  })

  it('gets colours for failures and headers, unless it does not want any', async () => {
    const argv = ['list-records', '-f', 'custom_other', '--db-path', originalFile()]
    const terminal = { isTTY: true, columns: 120 }
    const { stdout } = await cli(argv, terminal)
    expect(stdout).toContain(`${ESC}[1mTime`)
    expect(stdout).toContain(`${ESC}[31mfailed `)
    expect(stdout).toContain(`${ESC}[33mpartial`)
    for (const plain of [
      await cli([...argv, '--no-color'], terminal),
      await cli(['--no-color', ...argv], terminal),
      await cli(argv, { ...terminal, env: { NO_COLOR: '1' } }),
      await cli(argv, { ...terminal, env: { TERM: 'dumb' } }),
      await cli(argv),
    ])
      expect(plain.stdout).not.toContain(ESC)
    expect((await cli(argv, { ...terminal, env: { NO_COLOR: '' } })).stdout).toContain(ESC)
  })
})

describe('stored text', () => {
  it.each([['list-features'], ['list-records'], ['list-records', '--json'], ['list-features', '--json']])(
    'cannot steer the terminal: %s %s',
    async (...argv) => {
      const { stdout } = await cli([...argv, '--db-path', addRows(emptyFile(), NASTY)])
      // oxlint-disable-next-line no-control-regex -- they must not be there
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
    },
  )

  it('cannot add lines to a table', async () => {
    const { stdout } = await cli(['list-records', '--db-path', addRows(emptyFile(), NASTY)])
    expect(stdout.trimEnd().split('\n')).toHaveLength(1 + NASTY.length)
    expect(stdout).toContain(String.raw`first line\nsecond\r\nthird`)
    expect(stdout).toContain(String.raw`a\x1b[2J\x1b]0;owned\x07b`)
    expect(stdout).toContain(String.raw`gnp.\u202eexe`)
  })

  it('is safe in feature-stats and in CSV on a terminal', async () => {
    const path = addRows(emptyFile(), NASTY)
    const name = 'a\u001b[2J\u001b]0;owned\u0007b'
    expect((await cli(['feature-stats', name, '--db-path', path])).stdout).not.toContain(ESC)
    expect((await cli(['feature-stats', `${name}x`, '--db-path', path])).stderr).not.toContain(ESC)
    expect((await cli(['list-records', '--csv', '--db-path', path], { isTTY: true })).stdout).not.toContain(ESC)
  })

  it('goes into a CSV file as it is', async () => {
    const { stdout } = await cli(['list-records', '--csv', '--db-path', addRows(emptyFile(), NASTY)])
    expect(stdout).toContain('"first line\nsecond\r\nthird"')
    expect(stdout).toContain('a\u001b[2J')
  })
})

import { describe, expect, it } from 'vitest'
import { addRows, cli, emptyFile, originalFile } from './helpers.js'

async function json(argv: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await cli([...argv, '--json'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout)
}

describe('list-features', () => {
  it('shows the most used first, as a table', async () => {
    const { code, stdout } = await cli(['list-features', '--db-path', originalFile(), '--limit', '3'])
    expect(code).toBe(0)
    expect(stdout.split('\n')).toEqual([
      'Feature    Category          Calls  Users  Success      p50      p95  Efficiency  Trend  Calls over time  Last call',
      'hash_text  file_operation       60      1  100.0 %  29.3 µs  46.3 µs        0.72    new        █          2026-11-24 16:06:15',
      'divide     other                40      0   75.0 %  22.2 µs  26.0 µs        0.70    new        █          2026-11-24 16:06:15',
      'run_crew   agentic_platform     10      1  100.0 %  10.1 ms  10.1 ms        0.70    new        █          2026-11-24 16:06:15',
      '',
    ])
  })

  it('shows ten unless told otherwise', async () => {
    expect(await json(['list-features', '--db-path', originalFile()])).toHaveLength(10)
    expect(
      await json(['list-features', '--db-path', originalFile(), '-n', String(Number.MAX_SAFE_INTEGER - 1)]),
    ).toHaveLength(14)
  })

  it('prints JSON with the keys of the original', async () => {
    const [first] = (await json(['list-features', '--db-path', originalFile()])) as object[]
    expect(first).toMatchObject({
      feature_name: 'hash_text',
      category: 'file_operation',
      usage_count: 60,
      success_rate: 100,
      users: 1,
    })
    expect(Object.keys(first ?? {})).toEqual([
      'feature_name',
      'category',
      'usage_count',
      'success_count',
      'success_rate',
      'avg_duration',
      'p50_duration',
      'p95_duration',
      'avg_efficiency',
      'users',
      'last_call',
      'period_calls',
      'previous_calls',
      'change',
      'period_parts',
    ])
  })

  it('prints CSV with the same columns', async () => {
    const { stdout } = await cli(['list-features', '--csv', '--limit', '2', '--db-path', originalFile()])
    const [header, , divide] = stdout.split('\n')
    expect(header).toBe(
      'feature_name,category,usage_count,success_count,success_rate,avg_duration,p50_duration,p95_duration,avg_efficiency,users,last_call,period_calls,previous_calls,change,period_parts',
    )
    expect(divide).toMatch(
      /^divide,other,40,30,75,0\.0000226\d+,0\.0000221\d+,0\.0000259\d+,0\.70\d+,0,2026-11-24T\d\d:06:15\.743947\+00:00,40,0,,/,
    )
  })

  it('says that nothing has been tracked', async () => {
    const path = emptyFile()
    expect(await cli(['list-features', '--db-path', path])).toEqual({
      code: 0,
      stdout: `Nothing has been tracked in ${path} yet.\n`,
      stderr: '',
    })
    expect(await json(['list-features', '--db-path', path])).toEqual([])
  })
})

describe('feature-stats', () => {
  it('shows one feature in figures', async () => {
    const { code, stdout } = await cli(['feature-stats', 'divide', '--db-path', originalFile()])
    expect(code).toBe(0)
    expect(stdout).toBe(
      [
        'divide',
        '',
        'Calls            40',
        '  success        30   75.0 %',
        '  failed         10   25.0 %',
        '  partial         0    0.0 %',
        '  timeout         0    0.0 %',
        '',
        'Avg duration     22.7 µs',
        '  min            20.3 µs',
        '  p50            22.2 µs',
        '  p95            26.0 µs',
        '  p99            35.3 µs',
        '  max            35.3 µs',
        'Avg efficiency   0.70',
        'Avg input size   0 B',
        'Avg output size  5 B',
        'Avg iterations   1.0',
        'Users            0',
        'First call       2026-11-24 16:06:15',
        'Last call        2026-11-24 16:06:15',
        '',
        'How long calls took',
        '  ≤  50.0 µs  40  ██████████████████████████████',
        '',
        'What went wrong',
        '  10  failed   division by zero',
        '',
        'Latest failures',
        '  2026-11-24 16:06:15  failed    22.4 µs  division by zero',
        '  2026-11-24 16:06:15  failed    23.8 µs  division by zero',
        '  2026-11-24 16:06:15  failed    22.9 µs  division by zero',
        '  2026-11-24 16:06:15  failed    22.4 µs  division by zero',
        '  2026-11-24 16:06:15  failed    22.2 µs  division by zero',
        '',
      ].join('\n'),
    )
  })

  it('prints one JSON object', async () => {
    const stats = await json(['feature-stats', 'hash_text', '--db-path', originalFile()])
    expect(stats).toMatchObject({
      feature_name: 'hash_text',
      category: null,
      total_calls: 60,
      success_rate: 100,
      failure_count: 0,
    })
    expect(Object.keys(stats as object)).toEqual(
      (
        'feature_name category total_calls success_count failure_count partial_count timeout_count success_rate avg_duration ' +
        'min_duration max_duration p50_duration p95_duration p99_duration avg_efficiency avg_input_size avg_output_size ' +
        'avg_iterations users first_call last_call latency error_groups recent_failures'
      ).split(' '),
    )
  })

  it('prints one CSV row', async () => {
    const { stdout } = await cli([
      'feature-stats',
      'run_crew',
      '--csv',
      '-c',
      'agent_platform',
      '--db-path',
      originalFile(),
    ])
    const lines = stdout.split('\n')
    expect(lines).toHaveLength(3)
    expect(lines[1]).toMatch(/^run_crew,agentic_platform,10,10,0,0,0,100,/)
  })

  it('names the category that it was narrowed to', async () => {
    const path = addRows(originalFile(), [{ feature_name: 'divide', category: 'sysmon' }])
    expect((await cli(['feature-stats', 'divide', '-c', 'sysmon', '--db-path', path])).stdout).toMatch(
      /^divide \(category=sysmon\)\n\nCalls {12}1\n/,
    )
    expect((await cli(['feature-stats', 'divide', '--db-path', path])).stdout).toMatch(/^divide\n\nCalls {12}41\n/)
  })

  it('knows features whose names look like options', async () => {
    const path = addRows(originalFile(), [{ feature_name: '--json' }])
    expect((await cli(['feature-stats', '--db-path', path, '--', '--json'])).stdout).toMatch(/^--json\n/)
  })

  it('says that there is no such feature, and which may have been meant', async () => {
    const path = originalFile()
    expect(await cli(['feature-stats', 'hash_txt', '--db-path', path])).toEqual({
      code: 1,
      stdout: '',
      stderr: `error: feature "hash_txt" has no calls in ${path}\nhint: did you mean hash_text?\n`,
    })
    expect((await cli(['feature-stats', 'qqqqqqqq', '--db-path', path])).stderr).toContain(
      'hint: feature-tracking list-features shows',
    )
    expect(JSON.parse((await cli(['feature-stats', 'hash_txt', '--db-path', path, '--json'])).stderr)).toEqual({
      error: {
        code: 'no_such_feature',
        message: `feature "hash_txt" has no calls in ${path}`,
        hint: 'did you mean hash_text?',
      },
    })
  })

  it('says under which category the calls are', async () => {
    const { code, stderr } = await cli(['feature-stats', 'divide', '--category', 'sysmon', '--db-path', originalFile()])
    expect(code).toBe(1)
    expect(stderr).toContain('feature "divide" has no calls under category sysmon')
    expect(stderr).toContain('hint: its calls are under other\n')
  })

  it('says that nothing has been tracked', async () => {
    const path = emptyFile()
    const { code, stderr } = await cli(['feature-stats', 'divide', '--db-path', path])
    expect(code).toBe(1)
    expect(stderr).toBe(`error: feature "divide" has no calls: nothing has been tracked in ${path} yet\n`)
  })
})

describe('list-records', () => {
  it('shows the latest calls first, as a table', async () => {
    const { code, stdout } = await cli([
      'list-records',
      '--db-path',
      originalFile(),
      '--limit',
      '2',
      '--feature',
      'custom_other',
    ])
    expect(code).toBe(0)
    expect(stdout.split('\n')).toEqual([
      'Time                 Feature       Category  Status   Duration  Efficiency    In     Out  User   Error',
      '2026-11-24 16:06:15  custom_other  other     timeout    3.1 µs        0.87  10 B  2.0 kB  user5  boom',
      '2026-11-24 16:06:15  custom_other  other     partial    2.9 µs        0.87  10 B  2.0 kB  –      boom',
      '',
    ])
  })

  it.each([
    [[], 20],
    [['--limit', '500'], 160],
    [['--limit', '500', '--feature', 'divide'], 40],
    [['--limit', '500', '--feature', 'divide', '--status', 'FAILED'], 10],
    [['--limit', '500', '--category', 'agent_platform'], 14],
    [['--limit', '500', '--user', 'user5'], 3],
    [['--limit', '500', '--since', '30m'], 160],
    [['--limit', '500', '--since', '29m'], 0],
    [['--limit', '500', '--until', '2026-11-24T16:06:15.743947'], 99],
    [['--limit', '500', '--since', '2026-11-24T16:06:15.743947'], 61],
    [['--limit', '500', '--feature', "' OR 1=1 --"], 0],
  ])('with %j finds %d', async (argv, count) => {
    expect(await json(['list-records', ...argv, '--db-path', originalFile()])).toHaveLength(count)
  })

  it('prints JSON with the fifteen fields of the table', async () => {
    const [record] = (await json(['list-records', '-n', '1', '--db-path', originalFile()])) as object[]
    expect(record).toMatchObject({
      feature_name: 'custom_other',
      status: 'timeout',
      metadata: { n: 1.5, nested: { k: [1, 2, null] } },
    })
    expect(Object.keys(record ?? {})).toEqual(
      (
        'id feature_name category status duration start_time end_time input_size output_size metadata user_id session_id ' +
        'error_message efficiency_score iterations'
      ).split(' '),
    )
  })

  it('prints CSV with metadata as JSON and formulas disarmed', async () => {
    const path = addRows(emptyFile(), [
      { feature_name: '=HYPERLINK("x")', metadata: '{"a":"b,c"}', error_message: '-1+1\n', duration: -0.5 },
    ])
    const { stdout } = await cli(['list-records', '--csv', '--db-path', path])
    expect(stdout).toContain('\nrow-0,"\'=HYPERLINK(""x"")",other,success,-0.5,')
    expect(stdout).toContain(',"{""a"":""b,c""}",,s,"\'-1+1\n",,1\n')
  })

  it('prints a CSV header for no rows', async () => {
    expect((await cli(['list-records', '--csv', '--db-path', emptyFile()])).stdout).toMatch(
      /^id,feature_name,[a-z_,]+,iterations\n$/,
    )
  })

  it('says which conditions nothing matched', async () => {
    const path = originalFile()
    const { code, stdout } = await cli([
      'list-records',
      '--feature',
      'nope\u001b[2J',
      '--since',
      '7d',
      '--db-path',
      path,
    ])
    expect(code).toBe(0)
    expect(stdout).toBe(
      String.raw`No records in ${path} match: feature=nope\x1b[2J, since=7d (2026-11-17 16:36:15)` + '\n',
    )
  })

  it('says that a pseudonym has to be whole', async () => {
    const { stdout } = await cli(['list-records', '--user', '3fa9c1d2…', '--db-path', originalFile()])
    expect(stdout).toContain('A pseudonym has to be given whole; --json shows it.')
  })

  it('says that nothing has been tracked, whatever was asked', async () => {
    const path = emptyFile()
    expect((await cli(['list-records', '--status', 'failed', '--db-path', path])).stdout).toBe(
      `Nothing has been tracked in ${path} yet.\n`,
    )
  })
})

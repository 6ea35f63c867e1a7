import { describe, expect, it } from 'vitest'
import { errorGroups } from '../../src/store/index.js'
import { record } from '../support/records.js'

const failed = (errorMessage: string | null, more: Partial<Parameters<typeof record>[0]> = {}) =>
  record({ status: 'failed', errorMessage, ...more })

describe('groups of errors', () => {
  it.each([
    ['user 42 not found', 'user … not found'],
    ['took 1.5 s of 2 s', 'took … s of … s'],
    ['no "shopping cart" for \'ada\'', 'no … for …'],
    ["can't find what isn't there", "can't find what isn't there"],
    ['id 0192f0c1-1111-7abc-8def-0123456789ab', 'id …'],
    ['GET https://x.example/a?b=1 failed', 'GET … failed'],
    ['commit deadbeef01 lacks', 'commit … lacks'],
    ['no file /home/ada/notes.txt', 'no file …'],
    ['nobody is ada@example.org', 'nobody is …'],
    ['first\n  at line 3', 'first at line …'],
    ['', ''],
    [null, ''],
  ])('%j has the pattern %j', (message, pattern) => {
    expect(errorGroups([failed(message)])).toMatchObject([{ pattern, count: 1 }])
  })

  it('the largest come first, of equal ones the latest, each with its first and last call', () => {
    const calls = [
      failed('row 5 is bad', { startTime: '2026-01-05T00:00:00.000000+00:00', recordId: 'e', userId: 'ada' }),
      failed('no disk', { startTime: '2026-01-04T00:00:00.000000+00:00', recordId: 'd' }),
      failed('row 3 is bad', { startTime: '2026-01-03T00:00:00.000000+00:00', recordId: 'c', userId: 'bob' }),
      record({
        status: 'timeout',
        errorMessage: 'row 2 is bad',
        startTime: '2026-01-02T00:00:00.000000+00:00',
        recordId: 'b',
        userId: null,
      }),
    ]
    const groups = errorGroups(calls)
    expect(groups.map(({ pattern, status, count }) => [pattern, status, count])).toEqual([
      ['row … is bad', 'failed', 2],
      ['no disk', 'failed', 1],
      ['row … is bad', 'timeout', 1],
    ])
    expect(groups[0]).toMatchObject({
      users: 2,
      firstSeen: '2026-01-03T00:00:00.000000+00:00',
      lastSeen: '2026-01-05T00:00:00.000000+00:00',
      example: 'row 5 is bad',
      exampleRecordId: 'e',
    })
    expect(new Set(groups.map(({ fingerprint }) => fingerprint)).size).toBe(3)
    expect(groups.every(({ fingerprint }) => /^[0-9a-f]{16}$/.test(fingerprint))).toBe(true)
  })
})

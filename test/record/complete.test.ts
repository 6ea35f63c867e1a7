import { describe, expect, it } from 'vitest'
import {
  completeRecord,
  parseTime,
  RECORD_FIELDS,
  type RecordInput,
  requireFeatureName,
} from '../../src/record/index.js'

const given: RecordInput = { featureName: 'search', category: 'other', status: 'success' }
/** For values that the types forbid and JavaScript does not. */
const wrong = (fields: Record<string, unknown>) => ({ ...given, ...fields }) as RecordInput

describe('completeRecord', () => {
  it('fills in what was left out', () => {
    const record = completeRecord({ ...given, startTime: '2026-11-24T14:55:00Z', duration: 2, outputSize: 1000 })
    expect(record).toEqual({
      recordId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      featureName: 'search',
      category: 'other',
      status: 'success',
      duration: 2,
      startTime: '2026-11-24T14:55:00.000000+00:00',
      endTime: '2026-11-24T14:55:02.000000+00:00',
      inputSize: 0,
      outputSize: 1000,
      metadata: {},
      userId: null,
      sessionId: '',
      errorMessage: null,
      efficiencyScore: 1,
      iterations: 1,
    })
    expect(Object.keys(record)).toEqual([...RECORD_FIELDS])
  })

  it('keeps all fifteen fields that were given', () => {
    const whole = completeRecord({
      ...given,
      recordId: 'my-id',
      duration: 0.5,
      startTime: new Date(0),
      endTime: 1000,
      inputSize: 1,
      outputSize: 2,
      metadata: { k: 'v' },
      userId: 'ada',
      sessionId: 's',
      errorMessage: 'boom',
      efficiencyScore: 0,
      iterations: 3,
    })
    expect(completeRecord(whole)).toEqual(whole)
    expect(whole).toMatchObject({
      recordId: 'my-id',
      duration: 0.5,
      endTime: '1970-01-01T00:00:01.000000+00:00',
      efficiencyScore: 0,
      iterations: 3,
    })
  })

  it.each([
    [{ startTime: 0, endTime: 1500 }, '00.000000', '01.500000', 1.5],
    [{ startTime: 0, duration: 2 }, '00.000000', '02.000000', 2],
    [{ endTime: 2000, duration: 0.25 }, '01.750000', '02.000000', 0.25],
    [{ startTime: 0, endTime: 1000, duration: 0.9 }, '00.000000', '01.000000', 0.9],
    [{ startTime: 2000, endTime: 1000 }, '02.000000', '01.000000', 0],
    [{ startTime: 1000 }, '01.000000', '01.000000', 0],
  ])('derives times and duration of %j', (times, start, end, duration) => {
    const record = completeRecord({ ...given, ...times })
    expect(record).toMatchObject({
      startTime: `1970-01-01T00:00:${start}+00:00`,
      endTime: `1970-01-01T00:00:${end}+00:00`,
      duration,
    })
  })

  it('puts the start into the id that it makes', () => {
    const { recordId } = completeRecord({ ...given, startTime: 1_700_000_000_123 })
    expect(Number.parseInt(recordId.replaceAll('-', '').slice(0, 12), 16)).toBe(1_700_000_000_123)
  })

  it('rounds sizes and takes a null score for none', () => {
    expect(
      completeRecord({ ...given, inputSize: 1.6, outputSize: 0.4, efficiencyScore: null, duration: 0 }),
    ).toMatchObject({
      inputSize: 2,
      outputSize: 0,
      efficiencyScore: 1,
    })
  })
})

describe('an error of completeRecord names the field, its value and the remedy', () => {
  it.each([
    [{ featureName: '' }, TypeError, 'featureName is "" (0 characters): give a text of 1 to 1000 characters'],
    [{ featureName: 'x'.repeat(1001) }, TypeError, /^featureName is "x{40}" \(1001 characters\): give/],
    [{ featureName: undefined }, TypeError, 'featureName is undefined: give'],
    [{ category: 'tools' }, TypeError, /category.*"tools".*use one of ai_provider/],
    [{ status: 'done' }, TypeError, /status.*"done".*use one of success/],
    [{ category: 7n }, TypeError, /category.*7.*use one of ai_provider/],
    [{ status: 7n }, TypeError, /status.*7.*use one of success/],
    [{ duration: -1 }, RangeError, 'duration is -1: give seconds, 0 or more'],
    [{ duration: Number.NaN }, RangeError, 'duration is NaN: give seconds'],
    [{ duration: '5' }, RangeError, 'duration is 5: give seconds'],
    [{ startTime: 'soon' }, TypeError, 'startTime is "soon": give a Date, milliseconds since 1970 or ISO 8601 text'],
    [{ endTime: new Date(Number.NaN) }, TypeError, 'endTime is null: give a Date'],
    [{ startTime: 1_700_000_000_000_000n }, TypeError, /^startTime is 1700000000000000.*: give a Date/],
    [{ startTime: null }, TypeError, 'startTime is null: give a Date'],
    [{ startTime: 1e17 }, RangeError, 'years 0 to 9999'],
    [{ inputSize: -5 }, RangeError, 'inputSize is -5: give a whole number, 0 or more'],
    [{ outputSize: Infinity }, RangeError, 'outputSize is Infinity: give a whole number'],
    [{ iterations: Number.NaN }, RangeError, 'iterations is NaN: give a whole number'],
    [{ efficiencyScore: 1.1 }, RangeError, 'efficiencyScore is 1.1: give a number from 0 to 1'],
    [{ efficiencyScore: Number.NaN }, RangeError, 'efficiencyScore is NaN: give a number from 0 to 1'],
  ] as [Record<string, unknown>, ErrorConstructor, string | RegExp][])('%#: %o', (fields, kind, message) => {
    const act = () => completeRecord(wrong(fields))
    expect(act).toThrow(kind)
    expect(act).toThrow(message)
  })
})

describe('parseTime', () => {
  it('gives microseconds of a Date, of milliseconds and of text', () => {
    expect(parseTime(new Date(5), 'since')).toBe(5000)
    expect(parseTime(5.5, 'since')).toBe(5500)
    expect(parseTime('1970-01-01T00:00:00.000007Z', 'since')).toBe(7)
    expect(() => parseTime('x', 'since')).toThrow(/^since is "x"/)
  })
})

describe('requireFeatureName', () => {
  it('gives the name back, with its blanks', () => {
    expect(requireFeatureName(' a b ')).toBe(' a b ')
    expect(requireFeatureName('x'.repeat(1000))).toHaveLength(1000)
    for (const bad of [' ', 7, null, Symbol('s')]) expect(() => requireFeatureName(bad)).toThrow(/featureName/)
  })
})

import { type Attributes, SpanStatusCode } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import { isTimeoutType, recordFromSpan, statusOf } from '../../src/span/index.js'
import { duckSpan, featureSpan } from '../support/spans.js'

const { UNSET, OK, ERROR } = SpanStatusCode
const options = { maxMetadataSize: 1000, sessionId: 's' }
const exception = (attributes: Attributes) => ({ name: 'exception', attributes })

describe('statusOf', () => {
  it.each([
    [UNSET, {}, 'success'],
    [OK, {}, 'success'],
    [ERROR, {}, 'failed'],
    [ERROR, { 'error.type': 'RangeError' }, 'failed'],
    [ERROR, { 'error.type': 'TimeoutError' }, 'timeout'],
    [UNSET, { 'error.type': 'RangeError' }, 'failed'],
    [UNSET, { 'error.type': 'ETIMEDOUT' }, 'timeout'],
    [UNSET, { 'error.type': '500' }, 'failed'],
    [ERROR, { 'cloudcurio.feature.status': 'partial' }, 'partial'],
    [UNSET, { 'cloudcurio.feature.status': 'FAILED' }, 'failed'],
    [ERROR, { 'cloudcurio.feature.status': 'success', 'error.type': 'TimeoutError' }, 'success'],
    [ERROR, { 'cloudcurio.feature.status': 'unheard of' }, 'failed'],
    [OK, { 'cloudcurio.feature.status': 'timeout' }, 'timeout'],
  ] as [SpanStatusCode, Attributes, string][])('of status code %j with %j is %s', (code, attributes, status) => {
    expect(statusOf(featureSpan({ attributes, work: (span) => span.setStatus({ code }) }))).toBe(status)
  })

  it('takes the type of the last exception where no error.type is given', () => {
    const work = (types: string[]) =>
      featureSpan({
        work: (span) => {
          for (const name of types) span.recordException({ name, message: 'm' })
          span.setStatus({ code: ERROR })
        },
      })
    expect(statusOf(work(['TimeoutError']))).toBe('timeout')
    expect(statusOf(work(['TimeoutError', 'RangeError']))).toBe('failed')
    expect(statusOf(work(['RangeError', 'AbortError']))).toBe('timeout')
  })

  it('does not take an exception that was recorded and handled for a failure', () => {
    expect(statusOf(featureSpan({ work: (span) => span.recordException({ name: 'RangeError', message: 'm' }) }))).toBe(
      'success',
    )
  })
})

describe('isTimeoutType', () => {
  it.each([
    'AbortError',
    'TimeoutError',
    'ETIMEDOUT',
    'ESOCKETTIMEDOUT',
    'ECONNABORTED',
    'UND_ERR_CONNECT_TIMEOUT',
    'UND_ERR_HEADERS_TIMEOUT',
    'UND_ERR_BODY_TIMEOUT',
    'ConnectTimeoutError',
    'HeadersTimeoutError',
    'DEADLINE_EXCEEDED',
    'ABORT_ERR',
    'ERR_TIMEOUT',
    'asyncio.TimeoutError',
    'requests.exceptions.ReadTimeout',
    'TimedOut',
    'timed_out',
    'System.TimeoutException',
    'timeout',
  ])('says yes to %s', (type) => {
    expect(isTimeoutType(type)).toBe(true)
  })

  it.each([
    '',
    'Error',
    'TypeError',
    'ECONNREFUSED',
    'ENOENT',
    '500',
    'AbortSignal',
    'NotAbortError',
    'UND_ERR_SOCKET',
  ])('says no to %j', (type) => {
    expect(isTimeoutType(type)).toBe(false)
  })
})

describe('the error text', () => {
  const all = { message: 'from status', attribute: 'from attribute', exceptions: ['first', 'last'], type: 'RangeError' }

  function textOf({ message, attribute, exceptions = [], type }: Partial<typeof all>): string | null | undefined {
    const span = duckSpan(
      {
        'cloudcurio.feature.name': 'search',
        ...(attribute === undefined ? {} : { 'error.message': attribute }),
        ...(type === undefined ? {} : { 'error.type': type }),
      },
      {
        status: { code: ERROR, ...(message === undefined ? {} : { message }) },
        events: [
          ...exceptions.map((text) => exception({ 'exception.message': text })),
          { name: 'other', attributes: { 'exception.message': 'no' } },
        ],
      },
    )
    return recordFromSpan(span, options)?.errorMessage
  }

  it('is the status message, then error.message, then the last exception, then error.type', () => {
    const { message, attribute, exceptions, type } = all
    expect(textOf(all)).toBe('from status')
    expect(textOf({ attribute, exceptions, type })).toBe('from attribute')
    expect(textOf({ exceptions, type })).toBe('last')
    expect(textOf({ type })).toBe('RangeError')
    expect(textOf({})).toBeNull()
    expect(textOf({ message, type })).toBe('from status')
  })

  it('passes over empty texts: other processes send them where there is none', () => {
    expect(textOf({ ...all, message: '' })).toBe('from attribute')
    expect(textOf({ message: '', attribute: '', exceptions: ['last'] })).toBe('last')
    expect(textOf({ message: '', exceptions: [''], type: 'RangeError' })).toBe('RangeError')
    expect(textOf({ message: '' })).toBeNull()
  })

  it('is none where the call succeeded', () => {
    const span = featureSpan({
      attributes: { 'cloudcurio.feature.status': 'success', 'error.message': 'handled' },
      work: (given) => given.setStatus({ code: ERROR, message: 'm' }),
    })
    expect(recordFromSpan(span, options)?.errorMessage).toBeNull()
  })
})

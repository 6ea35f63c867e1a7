import { describe, expect, it } from 'vitest'
import { FEATURE_STATUSES, FeatureStatus, parseStatus, requireStatus } from '../../src/record/index.js'

describe('statuses', () => {
  it('are the four that the documented schema stores', () => {
    expect(FeatureStatus).toEqual({ SUCCESS: 'success', FAILED: 'failed', PARTIAL: 'partial', TIMEOUT: 'timeout' })
    expect(FEATURE_STATUSES).toEqual(['success', 'failed', 'partial', 'timeout'])
  })

  it.each(FEATURE_STATUSES)('reads %s in any case and with blanks around it', (status) => {
    expect(parseStatus(status)).toBe(status)
    expect(parseStatus(` ${status.toUpperCase()} `)).toBe(status)
  })

  it.each(['', 'ok', 'error', 'toString', 1, null, undefined, {}])('knows no status %j', (value) => {
    expect(parseStatus(value)).toBeUndefined()
  })

  it('names the value and the four statuses where one is required', () => {
    expect(() => requireStatus('done')).toThrow(TypeError)
    expect(() => requireStatus('done')).toThrow(/"done".*success.*failed.*partial.*timeout/)
  })
})

import { describe, expect, it } from 'vitest'
import { collect, pseudonym } from '../support/collect.js'

describe('custom tracking', () => {
  it('becomes one record with the id that was given out', async () => {
    const { tracking, record } = collect()
    const id = tracking.startCustomTracking({
      featureName: 'job',
      category: 'sysmon',
      userId: 'ada',
      metadata: { queue: 'q', email: 'a@b.c' },
    })
    await new Promise((resolve) => setTimeout(resolve, 20))
    tracking.completeCustomTracking(id, {
      status: 'partial',
      inputSize: 10,
      outputSize: 20,
      errorMessage: 'half done',
      efficiencyScore: 0.25,
      iterations: 3,
    })
    expect(record()).toMatchObject({
      recordId: id,
      featureName: 'job',
      category: 'sysmon',
      status: 'partial',
      inputSize: 10,
      outputSize: 20,
      errorMessage: 'half done',
      efficiencyScore: 0.25,
      iterations: 3,
      userId: pseudonym('ada'),
      metadata: { queue: 'q', email: pseudonym('a@b.c') },
    })
    expect(record().duration).toBeGreaterThan(0.015)
  })

  it('completed twice, or with an unknown id, is a counted warning', () => {
    const { tracking, events, spans } = collect()
    const id = tracking.startCustomTracking('job', 'other')
    tracking.completeCustomTracking(id, { status: 'success' })
    tracking.completeCustomTracking(id, { status: 'success' })
    tracking.completeCustomTracking('nonsense', { status: 'success' })
    expect(spans).toHaveLength(1)
    expect(events.get('completed_unknown')).toHaveLength(2)
    expect(events.get('completed_unknown')?.[1]).toContain('nonsense')
  })

  it('says which status it does not know', () => {
    const { tracking } = collect()
    const id = tracking.startCustomTracking('job', 'other')
    expect(() => {
      tracking.completeCustomTracking(id, { status: 'done' as never })
    }).toThrow('unknown status "done": use one of success, failed, partial, timeout')
  })

  it('that is open at shutdown is stored as partial and says so', () => {
    const { tracking, record } = collect()
    tracking.startCustomTracking('job', 'other')
    tracking.endOpen()
    expect(record()).toMatchObject({ status: 'partial', errorMessage: 'never completed; still open at shutdown' })
  })

  it('that is never completed does not fill the memory', () => {
    const { tracking, spans, events, records } = collect()
    for (let started = 0; started < 10_003; started++) tracking.startCustomTracking('job', 'other')
    expect(spans).toHaveLength(3)
    expect(records()[0]?.status).toBe('partial')
    expect(events.get('custom_evicted')).toHaveLength(3)
  })

  it('of an excluded feature gives an id, keeps nothing and is no mistake to complete', () => {
    const { tracking, spans, events } = collect({ isExcluded: () => true })
    const id = tracking.startCustomTracking('secret', 'other', { userId: 'ada' })
    expect(id).toMatch(/^[0-9a-f-]{36}$/)
    tracking.completeCustomTracking(id, { status: 'success' })
    expect(spans).toHaveLength(0)
    expect(events.size).toBe(0)
  })
})

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { SpanKind, trace } from '@opentelemetry/api'
import { BasicTracerProvider, type Sampler } from '@opentelemetry/sdk-trace-base'
import { describe, expect, it } from 'vitest'
import { FeatureCategory, FeatureStatus } from '../../src/index.js'
import { activeFeature } from '../../src/tracking/index.js'
import { collect, pseudonym } from '../support/collect.js'

describe('options of a tracked call', () => {
  it('userId, metadata, input, output and iterations may be functions of the call', () => {
    const { tracking, record } = collect()
    const tracked = tracking.trackFeature({
      featureName: 'f',
      category: FeatureCategory.AI_PROVIDER,
      userId(this: { user: string }, _text: string) {
        return this.user
      },
      metadata: (text: string) => ({ length: text.length }),
      input: (text: string) => text.length * 100,
      output: (result: { text: string }) => result.text,
      iterations: (result: { rounds: number }) => result.rounds,
    })(function (this: { user: string }, text: string) {
      return { text: text.toUpperCase(), rounds: 4 }
    })
    expect(tracked.call({ user: 'ada' }, 'héllo')).toEqual({ text: 'HÉLLO', rounds: 4 })
    expect(record()).toMatchObject({
      category: 'ai_provider',
      userId: pseudonym('ada'),
      metadata: { length: 5 },
      inputSize: 500,
      outputSize: 6,
      iterations: 4,
    })
  })

  it('iterations may be 0', () => {
    const { tracking, record } = collect()
    tracking.trackFeature({ featureName: 'f', iterations: 0 })(() => 1)()
    expect(record().iterations).toBe(0)
  })

  it('functions that throw are counted, and the call goes on', () => {
    const { tracking, record, events } = collect()
    const oops = (): never => {
      throw new Error('oops')
    }
    const tracked = tracking.trackFeature({
      featureName: 'f',
      userId: oops,
      metadata: oops,
      input: oops,
      output: oops,
      classify: oops,
      iterations: oops,
    })(() => 1)
    expect(tracked()).toBe(1)
    expect(record()).toMatchObject({ status: 'success', userId: null, inputSize: 0 })
    expect(events.get('callback_failed')).toHaveLength(6)
  })

  it('classify turns a returned failure into what it is', async () => {
    const { tracking, records } = collect()
    const tracked = tracking.trackFeature({
      featureName: 'f',
      classify: (result: { ok: boolean; error?: string; status?: FeatureStatus }) =>
        result.ok
          ? undefined
          : result.error === undefined
            ? FeatureStatus.PARTIAL
            : { status: FeatureStatus.FAILED, errorMessage: result.error },
    })(async (result: { ok: boolean; error?: string }) => result)
    await tracked({ ok: true })
    await tracked({ ok: false })
    await tracked({ ok: false, error: 'no such thing' })
    expect(records().map(({ status, errorMessage }) => [status, errorMessage])).toEqual([
      ['success', null],
      ['partial', null],
      ['failed', 'no such thing'],
    ])
  })

  it.each([
    ['AbortError', () => AbortSignal.abort().reason as unknown],
    ['TimeoutError', () => new DOMException('late', 'TimeoutError')],
    ['ETIMEDOUT', () => Object.assign(new Error('late'), { code: 'ETIMEDOUT' })],
    ['UND_ERR_HEADERS_TIMEOUT', () => Object.assign(new Error('late'), { code: 'UND_ERR_HEADERS_TIMEOUT' })],
    ['a class of its own', () => new (class RequestTimeoutError extends Error {})('late')],
  ])('%s counts as a time-out', async (_name, error) => {
    const { tracking, record } = collect()
    const tracked = tracking.trackFeature('f')(async () => {
      throw error()
    })
    await expect(tracked()).rejects.toBeDefined()
    expect(record().status).toBe('timeout')
  })

  it('a command that ran into its timeout counts as one', async () => {
    const { tracking, record } = collect()
    const command = tracking.trackFeature('f')(promisify(execFile))
    await expect(command(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { timeout: 100 })).rejects.toThrow(
      'Command failed',
    )
    expect(record()).toMatchObject({ status: 'timeout', errorMessage: expect.not.stringMatching(/\s$/) as string })
  })

  it('a call that takes longer than its timeout counts as one, however it ends', async () => {
    const { tracking, records } = collect()
    const options = { featureName: 'f', timeout: 0.01 }
    const busy = (): void => {
      for (const end = performance.now() + 15; performance.now() < end;);
    }
    tracking.trackFeature(options)(busy)()
    await tracking.trackFeature(options)(() => new Promise((resolve) => setTimeout(resolve, 40)))()
    await tracking.trackFeature(options)(async () => 'quick')()
    expect(records().map(({ status }) => status)).toEqual(['timeout', 'timeout', 'success'])
  })

  it.each([
    [
      () => collect().tracking.trackFeature(''),
      'featureName is "" (0 characters): give a text of 1 to 1000 characters',
    ],
    [
      () => collect().tracking.trackFeature('f', 'nonsense' as never),
      'unknown category "nonsense": use one of ai_provider',
    ],
    [() => collect().tracking.trackFeature(undefined as never), 'trackFeature was given undefined'],
    [
      () => collect().tracking.trackFeature({ featureName: 'f', timeout: -1 }),
      'timeout is -1: give seconds, more than 0',
    ],
    [
      () => collect().tracking.trackFeature({ featureName: 'f', classify: 'x' as never }),
      'classify is string: give a function',
    ],
    [
      () => collect().tracking.trackFeature('f')(5 as never),
      'feature f: trackFeature was given number, give a function',
    ],
    [
      () => collect().tracking.withFeature({ featureName: 'f' }, undefined as never),
      'withFeature of f was given undefined',
    ],
  ])('a bad argument throws and names the value: %#', (act, message) => {
    expect(act).toThrow(message)
  })
})

describe('the active feature', () => {
  it('says sizes, iterations, metadata, status and efficiency, also across await and timers', async () => {
    const { tracking, record } = collect()
    await tracking.withFeature(
      { featureName: 'block', category: FeatureCategory.FILE_OPERATION, userId: 'ada' },
      async (feature) => {
        expect(activeFeature()).toBe(feature)
        await new Promise((resolve) => setTimeout(resolve, 2))
        activeFeature()?.setSizes({ input: 10, output: 20 })
        feature.addIteration()
        feature.addIteration(2)
        feature.setMetadata({
          k: 'v',
          user: 'ada',
          note: 'ada was here',
          nested: { email: 'x@y.z', list: [1, 'two', null] },
          json: '{"a":1}',
          none: null,
        })
        feature.setStatus('partial', 'ada gave up')
        feature.setEfficiency(0.5)
      },
    )
    expect(activeFeature()).toBeUndefined()
    const hash = pseudonym('ada')
    expect(record()).toMatchObject({
      status: 'partial',
      errorMessage: `${hash} gave up`,
      inputSize: 10,
      outputSize: 20,
      iterations: 3,
      efficiencyScore: 0.5,
      metadata: {
        k: 'v',
        user: hash,
        note: `${hash} was here`,
        nested: { email: pseudonym('x@y.z'), list: [1, 'two', null] },
        json: '{"a":1}',
        none: null,
      },
    })
  })

  it('is the innermost; a feature is parent of what happens inside', () => {
    const { tracking, spans } = collect()
    tracking.withFeature({ featureName: 'outer' }, (outer) => {
      tracking.withFeature({ featureName: 'inner' }, () => {
        expect(activeFeature()?.featureName).toBe('inner')
        expect(trace.getActiveSpan()?.isRecording()).toBe(true)
      })
      expect(activeFeature()).toBe(outer)
    })
    const [inner, outer] = spans
    expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId)
  })

  it('takes nonsense without a word', () => {
    const { tracking, record } = collect()
    tracking.withFeature({ featureName: 'f' }, (feature) => {
      feature.setSizes(undefined as never)
      feature.setSizes({ input: -1, output: Number.NaN })
      feature.addIteration('x' as never)
      feature.setMetadata(null as never)
      feature.setStatus('done' as never)
      feature.setEfficiency(7)
    })
    expect(record()).toMatchObject({ status: 'success', inputSize: 0, outputSize: 0, iterations: 1, metadata: {} })
  })

  it('of an excluded feature inside another keeps nothing, at neither', () => {
    const { tracking, record } = collect({ isExcluded: (name) => name === 'secret' })
    tracking.withFeature({ featureName: 'outer' }, () => {
      tracking.withFeature({ featureName: 'secret' }, (feature) => {
        feature.setMetadata({ password: 'x' })
        activeFeature()?.setMetadata({ password: 'x' })
      })
    })
    expect(record()).toMatchObject({ featureName: 'outer', metadata: {} })
  })

  it('keeps at most a hundred keys, so that what matters finds room on the span', () => {
    const { tracking, record } = collect()
    tracking.withFeature({ featureName: 'f' }, (feature) => {
      for (let key = 0; key < 300; key++) feature.setMetadata({ [`k${key}`]: key })
    })
    expect(record()).toMatchObject({
      status: 'success',
      metadata: { k0: 0, k99: 99, _cut: ['keys past the first 100'] },
    })
  })
})

describe('the option span', () => {
  const ambient = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 }
  const span = { kind: SpanKind.CONSUMER, attributes: { 'messaging.system': 'x' }, links: [{ context: ambient }] }

  it('is there at the start, for samplers to see, and does not get into the record', () => {
    const asked: unknown[] = []
    const sampler = {
      shouldSample: (...[, , , kind, attributes]: Parameters<Sampler['shouldSample']>) => {
        asked.push([kind, attributes])
        return { decision: 2 as const }
      },
    }
    const tracer = new BasicTracerProvider({ sampler }).getTracer('t')
    for (const host of [{}, { tracer: () => tracer }]) {
      const { tracking, spans, records } = collect(host)
      tracking.trackFeature({ featureName: 'f', span })(() => {})()
      for (const made of spans) expect(made).toMatchObject({ kind: SpanKind.CONSUMER, attributes: span.attributes })
      expect(spans[0]?.links[0]?.context ?? ambient).toEqual(ambient)
      expect(records()[0]?.metadata ?? {}).toEqual({})
    }
    expect(asked).toEqual([[SpanKind.CONSUMER, { 'messaging.system': 'x', 'cloudcurio.feature.name': 'f' }]])
  })

  it('must be an object', () => {
    expect(() => collect().tracking.trackFeature({ featureName: 'f', span: 1 as never })).toThrow(
      'span is number: give an object with kind, attributes or links',
    )
  })
})

describe('a span of a failed call', () => {
  it('has the type of error that the code names', () => {
    const { tracking, spans } = collect()
    tracking.trackFeature('f', 'other', {
      classify: () => ({ status: 'failed', errorMessage: 'no', errorType: 'quota' }),
    })(() => {})()
    const tracked = tracking.trackFeature('f')(() => {
      activeFeature()?.setStatus('failed', undefined, 'quota')
      throw new RangeError('no')
    })
    expect(tracked).toThrow('no')
    expect(spans.map(({ attributes }) => attributes['error.type'])).toEqual(['quota', 'quota'])
  })

  it('has error status, type and exception as the conventions say, without the user', () => {
    const { tracking, spans } = collect()
    const tracked = tracking.trackFeature('f', 'other', { userId: 'ada@example.com' })(() => {
      throw new RangeError('no room for ada@example.com')
    })
    expect(tracked).toThrow('no room for ada@example.com')
    const span = spans[0]
    const message = `no room for ${pseudonym('ada@example.com')}`
    expect(span?.status).toEqual({ code: 2, message })
    expect(span?.attributes).toMatchObject({ 'error.type': 'RangeError', 'cloudcurio.feature.status': 'failed' })
    expect(span?.events[0]).toMatchObject({
      name: 'exception',
      attributes: { 'exception.type': 'RangeError', 'exception.message': message },
    })
    expect(JSON.stringify([span?.attributes, span?.events, span?.status])).not.toContain('ada@')
  })
})

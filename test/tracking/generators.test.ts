import { describe, expect, it } from 'vitest'
import { activeFeature, type ActiveFeature } from '../../src/tracking/index.js'
import { collect } from '../support/collect.js'

describe('generators', () => {
  it('are timed to their end, counted, and the very object', () => {
    const { tracking, record, spans } = collect()
    let made: Generator<string> | undefined
    const tracked = tracking.trackFeature('g')(() => (made = letters()))
    const generator = tracked()
    expect(Object.is(generator, made)).toBe(true)
    expect(generator.next().value).toBe('a')
    expect(spans).toHaveLength(0)
    expect([...generator]).toEqual(['bc', 'def'])
    expect(record()).toMatchObject({ status: 'success', iterations: 3, outputSize: 6 })
    expect(Object.getOwnPropertyNames(generator)).toEqual([])
  })

  it('run each step in the context of the call', () => {
    const { tracking, record } = collect()
    const seen: (ActiveFeature | undefined)[] = []
    const tracked = tracking.trackFeature('g')(function* () {
      seen.push(activeFeature())
      yield 1
      seen.push(activeFeature())
      activeFeature()?.setMetadata({ step: 2 })
      yield 2
    })
    for (const _item of tracked()) expect(activeFeature()).toBeUndefined()
    expect(seen.map((feature) => feature?.featureName)).toEqual(['g', 'g'])
    expect(record().metadata).toEqual({ step: 2 })
  })

  it('left early are partial; thrown into or throwing, failed', () => {
    const { tracking, records } = collect()
    const tracked = tracking.trackFeature('g')(letters)
    for (const _letter of tracked()) break
    const thrownInto = tracked()
    thrownInto.next()
    expect(() => thrownInto.throw(new RangeError('in'))).toThrow('in')
    const throwing = tracking.trackFeature('g')(function* () {
      yield 1
      throw new TypeError('out')
    })
    expect(() => [...throwing()]).toThrow('out')
    expect(records().map(({ status, errorMessage }) => [status, errorMessage])).toEqual([
      ['partial', null],
      ['failed', 'in'],
      ['failed', 'out'],
    ])
  })

  it('that catch what is thrown into them go on', () => {
    const { tracking, record } = collect()
    const generator = tracking.trackFeature('g')(function* () {
      try {
        yield 1
      } catch {
        yield 2
      }
      return 3
    })()
    generator.next()
    expect(generator.throw(new Error('caught')).value).toBe(2)
    expect(generator.next()).toEqual({ done: true, value: 3 })
    expect(record()).toMatchObject({ status: 'success', iterations: 2 })
  })

  it('take what is sent to them', () => {
    const { tracking } = collect()
    const echo = tracking.trackFeature('g')(function* (): Generator<unknown, string, unknown> {
      const first = yield 'ready'
      return `got ${String(first)}`
    })()
    echo.next()
    expect(echo.next('this').value).toBe('got this')
  })
})

describe('async generators', () => {
  it('are timed to their end, counted, and run in the context of the call', async () => {
    const { tracking, record } = collect()
    const names: (string | undefined)[] = []
    const tracked = tracking.trackFeature('ag')(async function* () {
      for (const part of ['a', 'bc']) {
        await Promise.resolve()
        names.push(activeFeature()?.featureName)
        yield part
      }
    })
    const parts: string[] = []
    for await (const part of tracked()) parts.push(part)
    expect(parts).toEqual(['a', 'bc'])
    expect(names).toEqual(['ag', 'ag'])
    expect(record()).toMatchObject({ status: 'success', iterations: 2, outputSize: 3 })
  })

  it('left early are partial, thrown into failed, throwing failed', async () => {
    const { tracking, records } = collect()
    const tracked = tracking.trackFeature('ag')(asyncLetters)
    for await (const _letter of tracked()) break
    const thrownInto = tracked()
    await thrownInto.next()
    await expect(thrownInto.throw(new Error('in'))).rejects.toThrow('in')
    const throwing = tracking.trackFeature('ag')(async function* () {
      yield 1
      throw Object.assign(new Error('slow'), { code: 'ETIMEDOUT' })
    })
    const reader = throwing()
    await reader.next()
    await expect(reader.next()).rejects.toThrow('slow')
    expect(records().map(({ status }) => status)).toEqual(['partial', 'failed', 'timeout'])
  })

  it('that a promise gives are timed to their end too', async () => {
    const { tracking, record, spans } = collect()
    const tracked = tracking.trackFeature('ag')(async () => asyncLetters())
    const generator = await tracked()
    expect(spans).toHaveLength(0)
    for await (const _letter of generator);
    expect(record()).toMatchObject({ status: 'success', iterations: 3 })
  })

  it('keep the order of steps that are asked for at once', async () => {
    const { tracking, record } = collect()
    const generator = tracking.trackFeature('ag')(asyncLetters)()
    const steps = await Promise.all([generator.next(), generator.next(), generator.next(), generator.next()])
    expect(steps.map(({ value }) => value)).toEqual(['a', 'bc', 'def', undefined])
    expect(record().iterations).toBe(3)
  })
})

function* letters(): Generator<string> {
  yield 'a'
  yield 'bc'
  yield 'def'
}

async function* asyncLetters(): AsyncGenerator<string> {
  yield* letters()
}

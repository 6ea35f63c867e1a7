import { describe, expect, it } from 'vitest'
import { ROOT, run } from '../support/child.js'
import { tempDatabase } from '../support/temp.js'
import { collect } from '../support/collect.js'

/** Compiles a program with the compiler settings of its folder, and runs it. */
async function compiled(kind: 'standard' | 'legacy'): Promise<unknown> {
  const compile = await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', `test/decorators/${kind}`])
  expect(compile.stdout + compile.stderr).toBe('')
  const ran = await run(process.execPath, [`${ROOT}dist/.decorators/${kind}/program.js`], {
    FEATURE_TRACKING_DB_PATH: tempDatabase(),
  })
  expect(ran.stderr).toBe('')
  return JSON.parse(ran.stdout) as unknown
}

describe('as a decorator', () => {
  it('serves methods, statics, getters, fields and private methods as TC39 has them', async () => {
    expect(await compiled('standard')).toEqual({
      results: ['crew:a', 'CREW:B', 42, 4, 'crew/x', 'crew'],
      shape: ['run', 1, true],
      names: ['async method', 'field', 'getter', 'method', 'method', 'private', 'static'],
    })
  })

  it('serves methods, statics and getters with experimentalDecorators', async () => {
    expect(await compiled('legacy')).toEqual({
      results: ['crew:a', 'CREW:B', 42, 4],
      shape: ['run', 1, true],
      names: ['async method', 'getter', 'method', 'method', 'static'],
    })
  })

  it('says what it cannot decorate', () => {
    const decorate = collect().tracking.trackFeature('f') as unknown as (...args: unknown[]) => unknown
    expect(() => decorate(Object, { kind: 'class', name: 'Crew' })).toThrow('feature f: cannot decorate the class Crew')
    expect(() => decorate({}, 'field', undefined)).toThrow('feature f: cannot decorate field')
  })

  it('leaves a method as it is when tracking is off', () => {
    const { tracking } = collect({ enabled: false })
    const method = (): number => 1
    expect(tracking.trackFeature('f')(method)).toBe(method)
    const descriptor = { value: method, configurable: true }
    expect(tracking.trackFeature('f')({}, 'm', descriptor).value).toBe(method)
  })
})

import { type Context, context, createContextKey, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ensureContextManager, FeatureTracerProvider, registeredProvider } from '../../src/pipeline/index.js'

const KEY = createContextKey('test')
const marked: Context = ROOT_CONTEXT.setValue(KEY, 'here')

afterEach(() => {
  context.disable()
  trace.disable()
  propagation.disable()
})

describe('ensureContextManager', () => {
  it('makes contexts follow async calls where none is registered', async () => {
    const seen = () => context.active().getValue(KEY)
    expect(context.with(marked, seen)).toBeUndefined()
    ensureContextManager()
    expect(context.with(marked, seen)).toBe('here')
    const later = await context.with(marked, async () => {
      await new Promise(setImmediate)
      return seen()
    })
    expect(later).toBe('here')
  })

  it('leaves a registered one alone', () => {
    const manager = new AsyncLocalStorageContextManager().enable()
    context.setGlobalContextManager(manager)
    const used = vi.spyOn(manager, 'with')
    const disabled = vi.spyOn(manager, 'disable')
    ensureContextManager()
    ensureContextManager()
    used.mockClear()
    context.with(marked, () => {})
    expect(used).toHaveBeenCalledTimes(1)
    expect(disabled).not.toHaveBeenCalled()
  })

  it('called again keeps the one that it registered', () => {
    ensureContextManager()
    context.with(marked, () => {
      ensureContextManager()
      expect(context.active().getValue(KEY)).toBe('here')
    })
  })
})

describe('registeredProvider', () => {
  it('is none until the application registers one, and then that one', () => {
    expect(registeredProvider()).toBeUndefined()
    const provider = new BasicTracerProvider()
    trace.setGlobalTracerProvider(provider)
    expect(registeredProvider()).toBe(provider)
    trace.disable()
    expect(registeredProvider()).toBeUndefined()
  })

  it('may be ours', () => {
    const ours = new FeatureTracerProvider([])
    trace.setGlobalTracerProvider(ours)
    expect(registeredProvider()).toBe(ours)
  })
})

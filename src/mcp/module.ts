import { types } from 'node:util'
import { describeError } from '../health/index.js'
import { ownData } from '../record/index.js'
import { trackServer } from './server.js'
import type { McpTracker, McpTrackOptions } from './types.js'

type Connect = (this: unknown, ...args: unknown[]) => unknown

/** Classes of which every server is tracked, and how that ends. */
const patched = new WeakMap<object, () => void>()

/**
 * Tracks every server that the classes `McpServer` and `Server` of a module of the SDK will ever make, from the moment
 * when it is connected.
 *
 * @param exports what the module exports; one without these classes is left alone
 * @returns puts the classes back; servers that are connected stay tracked
 */
export function trackModule(exports: unknown, options: McpTrackOptions, tracker: McpTracker): () => void {
  const track = (server: object): void => {
    try {
      trackServer(server, options, tracker)
    } catch (error) {
      tracker.failed(() => `an MCP server is not tracked: ${describeError(error)}`)
    }
  }
  const undo = ['McpServer', 'Server'].flatMap((name) => {
    const prototype = prototypeOf(exports, name)
    return prototype === undefined ? [] : [patchConnect(prototype, track)]
  })
  return () => {
    for (const putBack of undo) putBack()
  }
}

function prototypeOf(exports: unknown, name: string): object | undefined {
  if ((typeof exports !== 'object' && typeof exports !== 'function') || exports === null) return undefined
  const made: unknown = Reflect.get(exports, name) // a CommonJS module exports through getters
  if (typeof made !== 'function' || types.isProxy(made)) return undefined
  const prototype = ownData(made, 'prototype')
  return typeof prototype === 'object' && prototype !== null ? prototype : undefined
}

function patchConnect(prototype: object, track: (server: object) => void): () => void {
  const before = patched.get(prototype)
  if (before !== undefined) return before
  const connect: unknown = Reflect.get(prototype, 'connect')
  if (typeof connect !== 'function') return () => {}
  const own = Object.getOwnPropertyDescriptor(prototype, 'connect')
  const value: Connect = function connect_(this, ...args) {
    if (typeof this === 'object' && this !== null) track(this)
    return Reflect.apply(connect, this, args)
  }
  Object.defineProperty(value, 'name', { value: 'connect', configurable: true })
  Object.defineProperty(value, 'length', { value: connect.length, configurable: true })
  Object.defineProperty(prototype, 'connect', { configurable: true, writable: true, enumerable: false, ...own, value })
  const end = (): void => {
    if (ownData(prototype, 'connect') !== value) return
    patched.delete(prototype)
    if (own === undefined) Reflect.deleteProperty(prototype, 'connect')
    else Object.defineProperty(prototype, 'connect', own)
  }
  patched.set(prototype, end)
  return end
}

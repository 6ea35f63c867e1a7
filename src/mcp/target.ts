import { ownData } from '../record/index.js'
import type { McpRequest } from './types.js'

/** What a client names may be anything: longer names are no names. */
const MAX_NAME_LENGTH = 128

/**
 * The name of what a request is for, of which there are few: what the server has registered. Where a server registers
 * nothing (the SDK's low-level one), names of tools and prompts are taken as they come, and those of resources not.
 *
 * @param high the SDK's McpServer, where there is one
 */
export function targetOf({ method, params }: McpRequest, high: object | undefined): string | undefined {
  if (method === 'resources/read') return high === undefined ? undefined : resourceName(high, params['uri'])
  const name = params['name']
  if (typeof name !== 'string' || name === '' || name.length > MAX_NAME_LENGTH) return undefined
  const registered = high && registry(high, method === 'tools/call' ? '_registeredTools' : '_registeredPrompts')
  return registered === undefined || Object.hasOwn(registered, name) ? name : undefined
}

/** A resource's own name, or that of the template that its URI matches. */
function resourceName(high: object, uri: unknown): string | undefined {
  if (typeof uri !== 'string' || !URL.canParse(uri)) return undefined
  const normal = new URL(uri).toString()
  const resources = registry(high, '_registeredResources')
  if (resources !== undefined && Object.hasOwn(resources, normal))
    return textOf((resources[normal] as { name?: unknown } | undefined)?.name)
  const templates = Object.entries(registry(high, '_registeredResourceTemplates') ?? {})
  return textOf(templates.find(([, template]) => matches(template, normal))?.[0])
}

function matches(template: unknown, uri: string): boolean {
  const { resourceTemplate } = template as { resourceTemplate?: { uriTemplate?: { match?(uri: string): unknown } } }
  const found = resourceTemplate?.uriTemplate?.match?.(uri)
  return typeof found === 'object' && found !== null
}

function registry(high: object, name: string): Readonly<Record<string, unknown>> | undefined {
  const found = ownData(high, name)
  return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : undefined
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= MAX_NAME_LENGTH ? value : undefined
}

import { signal } from '@preact/signals'

/*
 * The page's place is in the fragment (`#/feature?name=a&since=24h`): the server serves one file only, below any prefix,
 * and never sees what is looked at.
 */

export const VIEWS = ['overview', 'feature', 'records', 'trace', 'boards', 'health'] as const
export type View = (typeof VIEWS)[number]

export interface Route {
  /** Null when the fragment names no view. */
  readonly view: View | null
  readonly params: URLSearchParams
}

/** Undefined and '' take a parameter away. */
export type Params = Readonly<Record<string, string | undefined>>

/** What every link carries along: the time that is looked at. */
const CARRIED = ['since', 'until', 'tz']

function read(place: string): Route {
  const [path = '', query = ''] = place.replace(/^#?\/?/, '').split(/\?(.*)/s)
  const view = path === '' ? 'overview' : (VIEWS.find((name) => name === path) ?? null)
  return { view, params: new URLSearchParams(query) }
}

let fragment = location.hash

export const route = signal(read(fragment))

function follow(): void {
  if (location.hash === fragment) return
  fragment = location.hash
  route.value = read(fragment)
}

addEventListener('hashchange', follow)

function address(view: View, params: URLSearchParams): string {
  const query = params.toString()
  return query === '' ? `#/${view}` : `#/${view}?${query}`
}

function apply(params: URLSearchParams, changes: Params): URLSearchParams {
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') params.delete(name)
    else params.set(name, value)
  }
  return params
}

/** The address of a view for the time that is looked at now. */
export function linkTo(view: View, params: Params = {}): string {
  const kept = new URLSearchParams()
  for (const name of CARRIED) {
    const value = route.value.params.get(name)
    if (value !== null) kept.set(name, value)
  }
  return address(view, apply(kept, params))
}

/** The address of this view with some parameters changed. */
export function linkWith(changes: Params): string {
  return address(route.value.view ?? 'overview', apply(new URLSearchParams(route.value.params), changes))
}

/** Leads to a place at once: the browser tells of it later, when a key for what is there may have come already. */
export function go(place: string): void {
  location.hash = place
  follow()
}

/** Changes parameters without a step in the history, as while one types into a filter. */
export function replaceParams(changes: Params): void {
  history.replaceState(history.state, '', linkWith(changes))
  follow()
}

/** A parameter of the place, or null. */
export function param(name: string): string | null {
  return route.value.params.get(name)
}

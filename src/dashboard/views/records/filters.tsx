import { useSignal } from '@preact/signals'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { FeatureListResponse } from '../../../server/contract.js'
import { CATEGORIES, STATUSES } from '../../format/words.js'
import { endpoint } from '../../state/api.js'
import { useResource } from '../../state/resource.js'
import { type Params, linkWith, param, replaceParams, route } from '../../state/route.js'
import { rangeParams } from '../../state/time-range.js'

/** Names of the filters, in the address of the page as in the API. */
export const FILTER_NAMES = [
  'feature',
  'category',
  'status',
  'user',
  'session',
  'trace',
  'min_duration',
  'max_duration',
  'error',
  'sort',
] as const

type FilterName = (typeof FILTER_NAMES)[number]

export const NO_FILTERS: Params = Object.fromEntries([...FILTER_NAMES, 'record'].map((name) => [name, undefined]))

/** What the records are asked for by. */
export function recordParams(): Params {
  const filters = FILTER_NAMES.map((name) => [name, param(name) ?? undefined] as const)
  return { ...rangeParams.value, ...Object.fromEntries(filters) }
}

export function Filters() {
  const isOpen = useSignal(false)
  const used = FILTER_NAMES.filter((name) => route.value.params.has(name)).length
  return (
    <form
      class={`filters ${isOpen.value ? 'is-open' : ''}`}
      role="search"
      aria-label="Filters of records"
      onSubmit={(event) => event.preventDefault()}
    >
      <FeatureFilter />
      <Choice name="status" label="Status" any="Any status" choices={STATUSES} />
      <Choice name="category" label="Category" any="Any category" choices={CATEGORIES} />
      <TextFilter name="error" label="Error has" />
      <TextFilter name="user" label="User" />
      <TextFilter name="min_duration" label="Duration from (s)" type="number" />
      <TextFilter name="max_duration" label="Duration below (s)" type="number" />
      <TextFilter name="session" label="Session" />
      <TextFilter name="trace" label="Trace" />
      <Choice name="sort" label="Order" any="Newest first" choices={{ slowest: 'Slowest first' }} />
      <button
        type="button"
        class="button filters-more"
        aria-expanded={isOpen.value}
        onClick={() => (isOpen.value = !isOpen.value)}
      >
        {isOpen.value ? 'Fewer filters' : 'More filters'}
      </button>
      {used > 0 && (
        <a class="button" href={linkWith(NO_FILTERS)}>
          Clear {used === 1 ? 'the filter' : `${used} filters`}
        </a>
      )}
    </form>
  )
}

interface ChoiceProps {
  readonly name: FilterName
  readonly label: string
  readonly any: string
  readonly choices: Readonly<Record<string, string>>
}

function Choice({ name, label, any, choices }: ChoiceProps) {
  return (
    <label>
      {label}
      <select
        value={param(name) ?? ''}
        onChange={({ currentTarget }) => {
          replaceParams({ [name]: currentTarget.value })
        }}
      >
        <option value="">{any}</option>
        {Object.entries(choices).map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  )
}

interface TextFilterProps {
  readonly name: FilterName
  readonly label: string
  readonly type?: 'text' | 'number'
  readonly list?: string
}

const PAUSE = 300

/** Takes effect when the typing pauses. */
function TextFilter({ name, label, type = 'text', list }: TextFilterProps) {
  const there = param(name) ?? ''
  const [typed, setTyped] = useState(there)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useLayoutEffect(() => {
    clearTimeout(timer.current)
    setTyped(there)
  }, [there])
  useLayoutEffect(() => {
    // What was typed last does not belong to a place that one goes to meanwhile.
    const forget = (): void => {
      clearTimeout(timer.current)
      setTyped(param(name) ?? '')
    }
    addEventListener('hashchange', forget)
    return () => {
      clearTimeout(timer.current)
      removeEventListener('hashchange', forget)
    }
  }, [])
  return (
    <label>
      {label}
      <input
        type={type}
        {...(type === 'number' ? { min: '0', step: 'any', inputMode: 'decimal' } : {})}
        list={list}
        value={typed}
        autocomplete="off"
        onInput={({ currentTarget: { value } }) => {
          setTyped(value)
          clearTimeout(timer.current)
          timer.current = setTimeout(() => {
            replaceParams({ [name]: value })
          }, PAUSE)
        }}
      />
    </label>
  )
}

/** Proposes the most used features. */
function FeatureFilter() {
  const known = useResource<FeatureListResponse>(endpoint('features', { ...rangeParams.value, limit: '200' }), false)
  const names = new Set(known.data?.items.map((item) => item.feature_name))
  return (
    <>
      <TextFilter name="feature" label="Feature" list="known-features" />
      <datalist id="known-features">
        {[...names].map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  )
}

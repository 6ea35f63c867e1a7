import type { ComponentChildren } from 'preact'
import type { ApiError, FailureCode } from '../state/api.js'
import type { Resource } from '../state/resource.js'
import { linkTo } from '../state/route.js'
import { Icon } from './icon.jsx'

interface EmptyProps {
  readonly title: string
  readonly children?: ComponentChildren
}

/** Why there is nothing, and what to do. */
export function Empty({ title, children }: EmptyProps) {
  return (
    <div class="state">
      <Icon name="info" />
      <p class="state-title">{title}</p>
      <div class="state-text">{children}</div>
    </div>
  )
}

const TITLES: Partial<Record<FailureCode, string>> = {
  no_database: 'Nothing has been tracked yet',
  timeout: 'The question took too long',
  busy: 'The server has too many questions at once',
  offline: 'No connection',
  store_unavailable: 'The database cannot be read',
  unknown_feature: 'No such feature',
  unknown_record: 'No such record',
  unknown_trace: 'No such trace',
}

interface FailureProps {
  readonly error: ApiError
  readonly retry: () => void
}

export function Failure({ error, retry }: FailureProps) {
  if (error.code === 'no_database') return <FirstSteps />
  return (
    <div class="state" role="alert">
      <Icon name="warning" />
      <p class="state-title">{TITLES[error.code] ?? 'This could not be shown'}</p>
      <div class="state-text">
        <p>{error.message}</p>
        {error.hint !== null && <p>{error.hint}</p>}
        {error.code === 'timeout' && <p>Choose a shorter time, or fewer filters.</p>}
        <p class="row-buttons">
          <button type="button" class="button" onClick={retry}>
            Try again
          </button>
          {error.code.startsWith('unknown_') && (
            <a class="button" href={linkTo('overview')}>
              To the overview
            </a>
          )}
        </p>
      </div>
    </div>
  )
}

const EXAMPLE = `import { trackFeature, FeatureCategory } from '@cloudcurio/feature-tracking'

const ask = trackFeature('ask', FeatureCategory.AI_PROVIDER)(async (question) => {
  // your feature
})
await ask('Hello?')`

/** What to do when there is no database. */
export function FirstSteps() {
  return (
    <div class="state">
      <Icon name="info" />
      <p class="state-title">Nothing has been tracked yet</p>
      <div class="state-text">
        <p>
          Track a feature of your application, and call it. This page fills by itself as soon as the first call is
          stored.
        </p>
        <pre class="code" tabIndex={0}>
          {EXAMPLE}
        </pre>
        <p>
          Does your application keep its records somewhere else? <a href={linkTo('health')}>Health</a> names the file
          that this dashboard reads; choose another with <code>--db-path</code>.
        </p>
      </div>
    </div>
  )
}

/** Failures that may be over in a moment: what was there stays meanwhile. */
const PASSING: ReadonlySet<FailureCode> = new Set<FailureCode>(['busy', 'offline', 'timeout'])

interface LoadedProps<T> {
  readonly of: Resource<T>
  /** A class for the room that is kept while there is nothing, so that nothing moves when it comes. */
  readonly room: string
  readonly children: (data: T) => ComponentChildren
}

/** Something that the API answers: its room until it is there, why it is not, or itself. */
export function Loaded<T>({ of, room, children }: LoadedProps<T>) {
  if (of.error !== null && (of.data === null || !PASSING.has(of.error.code))) {
    return <Failure error={of.error} retry={of.retry} />
  }
  if (of.data === null) return <div class={`skeleton ${room}`} role="status" aria-label="Loading" />
  return <>{children(of.data)}</>
}

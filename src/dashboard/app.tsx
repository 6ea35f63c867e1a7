import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { LiveSwitch } from './parts/live-switch.jsx'
import { Login } from './parts/login.jsx'
import { Questions } from './parts/ask.jsx'
import { Notices } from './parts/notice.jsx'
import { Empty } from './parts/states.jsx'
import { TimePicker } from './parts/time-picker.jsx'
import { needsToken } from './state/api.js'
import { type View, linkTo, param, route } from './state/route.js'
import { Boards } from './views/boards/boards.jsx'
import { Feature } from './views/feature/feature.jsx'
import { Health } from './views/health.jsx'
import { Overview } from './views/overview/overview.jsx'
import { Records } from './views/records/records.jsx'
import { Trace } from './views/trace/trace.jsx'

const PAGES: Readonly<Record<View, { readonly title: string; readonly page: ComponentType }>> = {
  overview: { title: 'Overview', page: Overview },
  records: { title: 'Records', page: Records },
  boards: { title: 'Boards', page: Boards },
  health: { title: 'Health', page: Health },
  feature: { title: 'Feature', page: Feature },
  trace: { title: 'Trace', page: Trace },
}

/** What the navigation has; the other views are reached from these. */
const TABS: readonly View[] = ['overview', 'records', 'boards', 'health']

/** Views that say themselves what they show. */
const TITLED: ReadonlySet<View> = new Set<View>(['feature', 'trace', 'boards'])

/** The tab that a view lies below. */
const BELOW: Partial<Record<View, View>> = { feature: 'overview', trace: 'records' }

export function App() {
  const { view } = route.value
  const title = view === null ? 'Not found' : PAGES[view].title
  const thing = view === 'feature' ? param('name') : null
  useEffect(() => {
    document.title = `${thing ?? title} · Feature tracking`
  }, [thing, title])
  useEffect(() => {
    scrollTo(0, 0)
  }, [view, thing])
  if (needsToken.value) return <Login />
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        Skip to the content
      </a>
      <Head />
      <main id="main" tabIndex={-1}>
        <h1 class={view !== null && TITLED.has(view) ? 'unseen' : 'page-title'}>{title}</h1>
        <Page view={view} />
      </main>
      <Questions />
      <Notices />
    </>
  )
}

/** The fragment is the place of the page: the link must not change it. */
function skip(event: Event): void {
  event.preventDefault()
  document.getElementById('main')?.focus()
}

function Page({ view }: { readonly view: View | null }) {
  if (view === null) {
    return (
      <Empty title="There is no such view">
        <a href={linkTo('overview')}>To the overview</a>
      </Empty>
    )
  }
  const Shown = PAGES[view].page
  return <Shown />
}

function Head() {
  const { view } = route.value
  const current = view === null ? null : (BELOW[view] ?? view)
  return (
    <header class="head">
      <a class="brand" href={linkTo('overview')}>
        <svg class="brand-mark" viewBox="0 0 16 16" aria-hidden="true">
          <rect width="16" height="16" rx="4" />
          <path d="M4 11.5V8M8 11.5v-7M12 11.5v-5" />
        </svg>
        <span>Feature tracking</span>
      </a>
      <nav aria-label="Views">
        {TABS.map((tab) => (
          <a key={tab} href={linkTo(tab)} aria-current={tab === current ? 'page' : undefined}>
            {PAGES[tab].title}
          </a>
        ))}
      </nav>
      <div class="head-tools">
        <LiveSwitch />
        <TimePicker />
      </div>
    </header>
  )
}

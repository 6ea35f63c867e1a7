import { useSignal } from '@preact/signals'
import type { Bucket, GroupBy, Measure, Widget, WidgetKind, WidgetPage } from '../../../server/contract.js'
import { CATEGORIES, GROUPS, KINDS, MEASURES, STATUSES, groupName } from '../../format/words.js'
import { Dialog } from '../../parts/dialog.jsx'
import { newId, withWidgets } from '../../state/widgets.js'
import { Choice, TextField } from './fields.jsx'
import { save } from './save.js'
import { useWidget } from './use-widget.js'
import { WidgetBody } from './widget-body.jsx'

export function newWidget(): Widget {
  return {
    id: newId(),
    title: '',
    kind: 'line',
    measure: 'total_calls',
    group_by: null,
    bucket: 'hour',
    limit: 5,
    filter: {},
    range: null,
    width: 6,
  }
}

const RANGES = {
  '': 'The time of the page',
  '1h': 'Last hour',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '4w': 'Last 4 weeks',
  '90d': 'Last 90 days',
}
const WIDTHS = { 3: 'A quarter', 4: 'A third', 6: 'A half', 8: 'Two thirds', 12: 'All of it' }
const LIMITS = { 3: '3', 5: '5', 10: '10', 20: '20' }

const labels = <K extends string>(words: Readonly<Record<K, { readonly label: string }>>): Record<K, string> =>
  Object.fromEntries(
    Object.entries<{ readonly label: string }>(words).map(([name, { label }]) => [name, label]),
  ) as Record<K, string>

interface WidgetEditorProps {
  readonly page: WidgetPage
  readonly widget: Widget
  readonly onClose: () => void
}

/** What is measured, of which calls, how it is drawn; with a preview. */
export function WidgetEditor({ page, widget, onClose }: WidgetEditorProps) {
  const draft = useSignal(widget)
  const preview = useWidget(draft.value)
  const change = (changes: Partial<Widget>): void => {
    draft.value = consistent({ ...draft.value, ...changes })
  }
  const isNew = !page.widgets.some(({ id }) => id === widget.id)
  const store = async (): Promise<void> => {
    const done = { ...draft.value, title: draft.value.title.trim() || defaultTitle(draft.value) }
    const stored = await save(
      withWidgets(page.id, (widgets) =>
        isNew ? [...widgets, done] : widgets.map((other) => (other.id === done.id ? done : other)),
      ),
    )
    if (stored) onClose()
  }
  return (
    <Dialog title={isNew ? 'New widget' : 'Change the widget'} onClose={onClose}>
      <form
        class="editor"
        onSubmit={(event) => {
          event.preventDefault()
          void store()
        }}
      >
        <EditorFields widget={draft.value} change={change} />
        <section class="editor-preview" aria-label="Preview">
          <h3>{draft.value.title.trim() || defaultTitle(draft.value)}</h3>
          <WidgetBody widget={draft.value} asked={preview} />
        </section>
        <p class="row-buttons">
          <button type="submit" class="button is-primary">
            {isNew ? 'Add' : 'Save'}
          </button>
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
        </p>
      </form>
    </Dialog>
  )
}

/** Lines need time; numbers and bars do not have it. */
function consistent(widget: Widget): Widget {
  const overTime = widget.kind === 'line' || widget.kind === 'area'
  return { ...widget, bucket: overTime ? (widget.bucket ?? 'hour') : null }
}

function defaultTitle({ measure, group_by: groupBy }: Widget): string {
  const measured = groupName('', null, measure)
  return groupBy === null ? measured : `${measured} by ${GROUPS[groupBy].toLowerCase()}`
}

interface EditorFieldsProps {
  readonly widget: Widget
  readonly change: (changes: Partial<Widget>) => void
}

function EditorFields({ widget, change }: EditorFieldsProps) {
  const { filter } = widget
  const setFilter = (name: keyof Widget['filter'], value: string): void => {
    const { [name]: _, ...others } = filter
    change({ filter: value === '' ? others : { ...others, [name]: value } })
  }
  const overTime = widget.bucket !== null
  return (
    <div class="editor-fields">
      <TextField label="Title" value={widget.title} hint={defaultTitle(widget)} set={(title) => change({ title })} />
      <Choice
        label="Measure"
        value={widget.measure}
        choices={labels(MEASURES)}
        set={(measure) => change({ measure: measure as Measure })}
      />
      <Choice
        label="Drawn as"
        value={widget.kind}
        choices={KINDS}
        set={(kind) => change({ kind: kind as WidgetKind })}
      />
      <Choice
        label="For each"
        value={widget.group_by ?? ''}
        choices={{ '': 'All together', ...GROUPS }}
        set={(group) => change({ group_by: group === '' ? null : (group as GroupBy) })}
      />
      {overTime && (
        <Choice
          label="By"
          value={widget.bucket ?? 'hour'}
          choices={{ hour: 'Hour', day: 'Day' }}
          set={(bucket) => change({ bucket: bucket as Bucket })}
        />
      )}
      {widget.group_by !== null && (
        <Choice
          label="At most"
          value={String(widget.limit)}
          choices={LIMITS}
          set={(limit) => change({ limit: Number(limit) })}
        />
      )}
      <Choice
        label="Time"
        value={widget.range ?? ''}
        choices={RANGES}
        set={(range) => change({ range: range === '' ? null : range })}
      />
      <Choice
        label="Width"
        value={String(widget.width)}
        choices={WIDTHS}
        set={(width) => change({ width: Number(width) })}
      />
      <TextField
        label="Only the feature"
        value={filter.feature ?? ''}
        hint="any"
        set={(value) => setFilter('feature', value)}
      />
      <Choice
        label="Only the category"
        value={filter.category ?? ''}
        choices={{ '': 'Any', ...CATEGORIES }}
        set={(value) => setFilter('category', value)}
      />
      <Choice
        label="Only the status"
        value={filter.status ?? ''}
        choices={{ '': 'Any', ...STATUSES }}
        set={(value) => setFilter('status', value)}
      />
      <TextField label="Only the user" value={filter.user ?? ''} hint="any" set={(value) => setFilter('user', value)} />
    </div>
  )
}

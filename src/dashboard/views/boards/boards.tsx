import { useSignal } from '@preact/signals'
import { useLayoutEffect } from 'preact/hooks'
import type { Widget, WidgetPage } from '../../../server/contract.js'
import { Icon } from '../../parts/icon.jsx'
import { Empty, Failure } from '../../parts/states.jsx'
import { tick } from '../../state/live.js'
import { go, linkTo, linkWith, param } from '../../state/route.js'
import { boards, boardsError, firstBoard, loadBoards, newId, withPage } from '../../state/widgets.js'
import { BoardMenu, importBoard } from './board-menu.jsx'
import { WidgetEditor, newWidget } from './editor.jsx'
import { save } from './save.js'
import { WidgetCard } from './widget-card.jsx'

/** Pages of charts and numbers that people put together themselves; the server keeps them for everybody. */
export function Boards() {
  useLayoutEffect(() => {
    void loadBoards()
  }, [])
  const error = boardsError.value
  if (boards.value === null) {
    if (error !== null) return <Failure error={error} retry={() => void loadBoards()} />
    return <div class="skeleton room-page" role="status" aria-label="Loading" />
  }
  const { pages } = boards.value
  const wanted = param('board')
  const page = pages.find(({ id }) => id === wanted) ?? (wanted === null ? pages[0] : undefined)
  return (
    <>
      <div class="boards-bar">
        <nav class="subtabs" aria-label="Boards">
          {pages.map(({ id, title }) => (
            <a key={id} href={linkTo('boards', { board: id })} aria-current={id === page?.id ? 'page' : undefined}>
              {title === '' ? 'Untitled' : title}
            </a>
          ))}
        </nav>
        {pages.length > 0 && <NewBoard />}
      </div>
      {page === undefined ? (
        <NoBoard gone={wanted !== null && pages.length > 0} />
      ) : (
        <Board key={page.id} page={page} />
      )}
    </>
  )
}

async function addBoard(page: WidgetPage): Promise<void> {
  if (await save(withPage(page))) go(linkWith({ board: page.id }))
}

function NewBoard() {
  return (
    <button
      type="button"
      class="button"
      onClick={() => void addBoard({ id: newId(), title: 'New board', widgets: [] })}
    >
      <Icon name="plus" />
      New board
    </button>
  )
}

function NoBoard({ gone }: { readonly gone: boolean }) {
  return (
    <Empty title={gone ? 'This board is not there any more' : 'No boards yet'}>
      <p>A board is a page of your own: choose what is measured, of which calls, and how it is drawn.</p>
      <p class="row-buttons">
        <button type="button" class="button is-primary" onClick={() => void addBoard(firstBoard())}>
          Begin with an example
        </button>
        <button type="button" class="button" onClick={() => importBoard(addBoard)}>
          Open a saved board
        </button>
      </p>
    </Empty>
  )
}

function Board({ page }: { readonly page: WidgetPage }) {
  const edited = useSignal<Widget | null>(null)
  // Others may change a board while one looks at it.
  useLayoutEffect(() => {
    if (tick.value > 0 && edited.value === null) void loadBoards()
  }, [Math.floor(tick.value / 10)])
  return (
    <>
      <div class="thing-head">
        <h2 class="thing-title">{page.title === '' ? 'Untitled' : page.title}</h2>
        <button type="button" class="button is-primary" onClick={() => (edited.value = newWidget())}>
          <Icon name="plus" />
          Add a widget
        </button>
        <BoardMenu page={page} onImport={addBoard} />
      </div>
      {page.widgets.length === 0 ? (
        <Empty title="This board is empty">
          <p>Add a widget: a number, a chart or a table.</p>
        </Empty>
      ) : (
        <div class="grid">
          {page.widgets.map((widget, index) => (
            <WidgetCard
              key={widget.id}
              page={page}
              widget={widget}
              index={index}
              onEdit={() => (edited.value = widget)}
            />
          ))}
        </div>
      )}
      {edited.value !== null && (
        <WidgetEditor key={edited.value.id} page={page} widget={edited.value} onClose={() => (edited.value = null)} />
      )}
    </>
  )
}

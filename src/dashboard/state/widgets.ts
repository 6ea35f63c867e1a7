import { signal } from '@preact/signals'
import type { Widget, WidgetPage, WidgetsDocument } from '../../server/contract.js'
import { ApiError, endpoint, request, send } from './api.js'

/** The boards as the server has them; null before they came. */
export const boards = signal<WidgetsDocument | null>(null)
export const boardsError = signal<ApiError | null>(null)

let etag: string | null = null

export async function loadBoards(): Promise<void> {
  boardsError.value = null
  try {
    const { body, etag: tag } = await request<WidgetsDocument>(endpoint('widgets'))
    etag = tag
    boards.value = body
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    boardsError.value = error
  }
}

type Edit = (pages: readonly WidgetPage[]) => WidgetPage[]

async function put(edit: Edit): Promise<void> {
  const pages = edit(boards.value?.pages ?? [])
  const headers: Record<string, string> = etag === null ? {} : { 'if-match': etag }
  const { body, etag: tag } = await send<WidgetsDocument>('PUT', endpoint('widgets'), { version: 1, pages }, headers)
  etag = tag
  boards.value = body
}

/**
 * Changes the boards on the server. When somebody else was faster, the change is made to what they left.
 * @throws ApiError when it cannot be stored
 */
export async function editBoards(edit: Edit): Promise<void> {
  try {
    await put(edit)
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'conflict') throw error
    await loadBoards()
    await put(edit)
  }
}

/** A name that no other board or widget has. */
export function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(9))].map((byte) => byte.toString(36).padStart(2, '0')).join('')
}

export function withPage(page: WidgetPage): Edit {
  return (pages) => {
    const there = pages.some(({ id }) => id === page.id)
    return there ? pages.map((other) => (other.id === page.id ? page : other)) : [...pages, page]
  }
}

/** Changes the widgets of one board. */
export function withWidgets(pageId: string, change: (widgets: readonly Widget[]) => Widget[]): Edit {
  return (pages) => pages.map((page) => (page.id === pageId ? { ...page, widgets: change(page.widgets) } : page))
}

export const withoutPage =
  (pageId: string): Edit =>
  (pages) =>
    pages.filter(({ id }) => id !== pageId)

/** A copy for another place: nothing in it is called as something there. */
export function copied(page: WidgetPage): WidgetPage {
  return { ...page, id: newId(), widgets: page.widgets.map((widget) => ({ ...widget, id: newId() })) }
}

/** A board to begin with. */
export function firstBoard(): WidgetPage {
  const widget = (title: string, rest: Partial<Widget>): Widget => ({
    id: newId(),
    title,
    kind: 'number',
    measure: 'total_calls',
    group_by: null,
    bucket: null,
    limit: 5,
    filter: {},
    range: null,
    width: 3,
    ...rest,
  })
  return {
    id: newId(),
    title: 'My board',
    widgets: [
      widget('Calls', {}),
      widget('Success rate', { measure: 'success_rate' }),
      widget('p95 duration', { measure: 'p95_duration' }),
      widget('Users', { measure: 'users' }),
      widget('Calls by feature', { kind: 'area', group_by: 'feature', bucket: 'hour', width: 8 }),
      widget('Slowest features', { kind: 'bar', measure: 'p95_duration', group_by: 'feature', width: 4 }),
    ],
  }
}

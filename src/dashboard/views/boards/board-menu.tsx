import type { WidgetPage } from '../../../server/contract.js'
import { saveJson } from '../../charts/save.js'
import { Menu, MenuItem } from '../../parts/menu.jsx'
import { copy, notify } from '../../parts/notice.jsx'
import { go, linkTo } from '../../state/route.js'
import { copied, withPage, withoutPage } from '../../state/widgets.js'
import { ask, confirmed } from '../../parts/ask.jsx'
import { save } from './save.js'

interface BoardMenuProps {
  readonly page: WidgetPage
  readonly onImport: (page: WidgetPage) => Promise<void>
}

export function BoardMenu({ page, onImport }: BoardMenuProps) {
  const link = new URL(linkTo('boards', { board: page.id }), location.href).href
  return (
    <Menu label={`Menu of the board ${page.title}`} icon="more">
      <MenuItem onChoose={() => void copy(link, 'The link to this board is copied.')}>Copy link</MenuItem>
      <MenuItem onChoose={() => void rename(page)}>Rename</MenuItem>
      <MenuItem onChoose={() => void onImport({ ...copied(page), title: `${page.title} (copy)`.slice(0, 200) })}>
        Duplicate
      </MenuItem>
      <MenuItem onChoose={() => saveJson(`board ${page.title}`, page)}>Save as a file</MenuItem>
      <MenuItem onChoose={() => importBoard(onImport)}>Open a saved board</MenuItem>
      <MenuItem onChoose={() => window.print()}>Print</MenuItem>
      <MenuItem onChoose={() => void remove(page)}>Delete</MenuItem>
    </Menu>
  )
}

async function rename(page: WidgetPage): Promise<void> {
  const title = await ask('Name of the board', page.title)
  if (title !== null) await save(withPage({ ...page, title }))
}

async function remove(page: WidgetPage): Promise<void> {
  if (!(await confirmed(`Delete the board “${page.title}” for everybody?`, 'Delete'))) return
  if (await save(withoutPage(page.id))) go(linkTo('boards'))
}

/** Lets the user choose a file that was saved from a board; the server looks at what it says. */
export function importBoard(onImport: BoardMenuProps['onImport']): void {
  const input = document.createElement('input')
  input.type = 'file'
  input.accept = 'application/json,.json'
  input.addEventListener('change', () => {
    const file = input.files?.[0]
    if (file !== undefined) void read(file, onImport)
  })
  input.click()
}

async function read(file: File, onImport: BoardMenuProps['onImport']): Promise<void> {
  try {
    await onImport(copied(JSON.parse(await file.text()) as WidgetPage))
  } catch {
    notify(`${file.name} is not a board: save one with “Save as a file”.`, true)
  }
}

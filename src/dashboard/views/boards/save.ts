import { notify } from '../../parts/notice.jsx'
import { ApiError } from '../../state/api.js'
import { editBoards } from '../../state/widgets.js'

/** Changes the boards and says when that did not work. @returns whether it was stored */
export async function save(edit: Parameters<typeof editBoards>[0]): Promise<boolean> {
  try {
    await editBoards(edit)
    return true
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    notify(`Not stored: ${error.message} ${error.hint ?? ''}`, true)
    return false
  }
}

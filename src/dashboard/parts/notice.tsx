import { signal } from '@preact/signals'

interface Notice {
  readonly text: string
  readonly isError: boolean
}

const notice = signal<Notice | null>(null)
let timer: ReturnType<typeof setTimeout> | undefined

const SHOWN = 6000

/** Says something at the foot of the page for a while. */
export function notify(text: string, isError = false): void {
  clearTimeout(timer)
  notice.value = { text, isError }
  timer = setTimeout(() => {
    notice.value = null
  }, SHOWN)
}

export function Notices() {
  const { text, isError } = notice.value ?? { text: '', isError: false }
  return (
    <div class={`notice ${isError ? 'is-error' : ''}`} role="status" hidden={text === ''}>
      {text}
    </div>
  )
}

/** Copies text; where the browser forbids it (a page without https that is not of this host), it is shown to be copied. */
export async function copy(text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    notify(done)
  } catch {
    notify(`Copy this: ${text}`)
  }
}

export function copyLink(): void {
  void copy(location.href, 'The link is copied.')
}

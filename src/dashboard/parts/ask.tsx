import { signal } from '@preact/signals'
import { Dialog } from './dialog.jsx'

interface Question {
  readonly text: string
  /** What the field says at first; null for a question without a field. */
  readonly value: string | null
  readonly yes: string
  readonly answer: (text: string | null) => void
}

const question = signal<Question | null>(null)

/** Asks for a text; null when the user gives none. */
export function ask(text: string, value: string): Promise<string | null> {
  return new Promise((answer) => {
    question.value = { text, value, yes: 'Save', answer }
  })
}

export async function confirmed(text: string, yes: string): Promise<boolean> {
  const said = await new Promise<string | null>((answer) => {
    question.value = { text, value: null, yes, answer }
  })
  return said !== null
}

/** Where questions appear; once in the page. */
export function Questions() {
  const asked = question.value
  if (asked === null) return null
  const done = (text: string | null): void => {
    question.value = null
    asked.answer(text)
  }
  return (
    <Dialog title={asked.text} onClose={() => done(null)}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          const field = event.currentTarget.elements.namedItem('text')
          done(field instanceof HTMLInputElement ? field.value.trim() : '')
        }}
      >
        {asked.value !== null && (
          <input name="text" type="text" required maxLength={200} aria-label={asked.text} defaultValue={asked.value} />
        )}
        <p class="row-buttons">
          <button type="submit" class="button is-primary">
            {asked.yes}
          </button>
          <button type="button" class="button" onClick={() => done(null)}>
            Cancel
          </button>
        </p>
      </form>
    </Dialog>
  )
}

import { signal } from '@preact/signals'

const query = matchMedia('(max-width: 700px)')

/** Whether the window is as narrow as a phone. */
export const isNarrow = signal(query.matches)

query.addEventListener('change', ({ matches }) => {
  isNarrow.value = matches
})

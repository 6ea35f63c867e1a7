import { categoryName, statusName } from '../format/words.js'
import { linkWith, param } from '../state/route.js'
import { Icon } from './icon.jsx'

const WORDS: Readonly<Record<string, { readonly label: string; readonly value?: (text: string) => string }>> = {
  category: { label: 'Category', value: categoryName },
  status: { label: 'Status', value: statusName },
  user: { label: 'User' },
}

/** The filters of the place, each with a link that takes it away. */
export function FilterChips({ names }: { readonly names: readonly string[] }) {
  const set = names.flatMap((name) => {
    const value = param(name)
    return value === null ? [] : [{ name, value }]
  })
  if (set.length === 0) return null
  return (
    <ul class="chips" aria-label="Filters">
      {set.map(({ name, value }) => {
        const words = WORDS[name]
        const text = `${words?.label ?? name}: ${words?.value?.(value) ?? value}`
        return (
          <li key={name}>
            <a class="chip" href={linkWith({ [name]: undefined })} aria-label={`Without the filter ${text}`}>
              {text}
              <Icon name="close" />
            </a>
          </li>
        )
      })}
    </ul>
  )
}

import type { Signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { Icon } from './icon.jsx'

interface SearchFieldProps {
  readonly label: string
  readonly value: Signal<string>
}

const PAUSE = 250

/** Takes what is typed when the typing pauses. */
export function SearchField({ label, value }: SearchFieldProps) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(
    () => () => {
      clearTimeout(timer.current)
    },
    [],
  )
  return (
    <label class="search">
      <Icon name="search" />
      <span class="unseen">{label}</span>
      <input
        type="search"
        placeholder={label}
        onInput={({ currentTarget: { value: typed } }) => {
          clearTimeout(timer.current)
          timer.current = setTimeout(() => {
            value.value = typed.trim()
          }, PAUSE)
        }}
      />
    </label>
  )
}

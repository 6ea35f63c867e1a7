import { signal } from '@preact/signals'
import type { Tone } from '../format/words.js'

/** Moves when the system changes between light and dark: canvases must be drawn anew. */
export const scheme = signal(0)

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  scheme.value++
})

/** A colour of the style sheets, for a canvas. */
export function colour(name: Tone | 'text' | 'text-soft' | 'line' | 'surface'): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
}

/** The same, half transparent. */
export function faded(value: string, share: number): string {
  return `color-mix(in srgb, ${value} ${share * 100}%, transparent)`
}

const GROUP_TONES: readonly Tone[] = ['accent', 'second', 'third', 'partial', 'fourth', 'muted', 'timeout', 'success']

/** The colour of the n-th group of a chart. */
export const groupTone = (index: number): Tone => GROUP_TONES[index % GROUP_TONES.length] as Tone

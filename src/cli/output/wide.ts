import stringWidth from 'string-width'
import { ellipsis, isNarrow, type TextMeasure } from './width.js'

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Knows wide characters, emoji and combining marks. */
export const wideMeasure: TextMeasure = { widthOf, fit }

function widthOf(text: string): number {
  return isNarrow(text) ? text.length : stringWidth(text, { countAnsiEscapeCodes: true })
}

/** Cuts between characters as a reader sees them, never inside one. */
function fit(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let kept = ''
  let used = 1
  for (const { segment } of graphemes.segment(text)) {
    used += widthOf(segment)
    if (used > width) break
    kept += segment
  }
  return ellipsis(kept, width)
}

/** Measures texts as a terminal shows them. */
export interface TextMeasure {
  /** Columns that a text takes. */
  readonly widthOf: (text: string) => number
  /** The text in at most `width` columns, with … for what was cut. */
  readonly fit: (text: string, width: number) => string
}

/** Latin letters, signs and the blocks of bars, of one column each; © and ® may be shown as emoji. */
const NARROW = /^[\x20-\x7e\u00a0-\u00a8\u00aa-\u00ac\u00af-\u024f–…\u2580-\u259f]*$/

export function isNarrow(text: string): boolean {
  return NARROW.test(text)
}

const narrowMeasure: TextMeasure = {
  widthOf: (text) => text.length,
  fit: (text, width) => (text.length <= width ? text : ellipsis(text.slice(0, Math.max(0, width - 1)), width)),
}

/** A measure that is right for these texts and parts of them. Unicode's tables are loaded only where they are needed. */
export async function measureFor(texts: Iterable<string>): Promise<TextMeasure> {
  for (const text of texts) if (!isNarrow(text)) return (await import('./wide.js')).wideMeasure
  return narrowMeasure
}

/** @param kept what is left of a text that was too wide for `width` columns */
export function ellipsis(kept: string, width: number): string {
  return width < 1 ? '' : `${kept.trimEnd()}…`
}

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const

/** Numbers as bars of eight heights; none where there is nothing, a low one for little. */
export function sparkline(values: readonly number[]): string {
  const highest = Math.max(0, ...values)
  return values
    .map((value) => (value <= 0 ? ' ' : (BARS[Math.min(7, Math.ceil((value / highest) * 8) - 1)] as string)))
    .join('')
}

/** A bar of so many columns for a part of the largest. */
export function barOf(value: number, largest: number, width: number): string {
  if (value <= 0 || largest <= 0) return ''
  return '█'.repeat(Math.max(1, Math.round((value / largest) * width)))
}

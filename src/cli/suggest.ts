/** The names that somebody who wrote `wanted` may have meant, the nearest first; at most three. */
export function closeNames(wanted: string, names: Iterable<string>): string[] {
  const folded = wanted.toLowerCase()
  return [...new Set(names)]
    .map((name) => ({ name, distance: distanceOf(folded, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= Math.max(1, Math.floor(wanted.length / 3)))
    .toSorted((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name)
}

export function didYouMean(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined
  return `did you mean ${names.length === 1 ? '' : 'one of '}${names.join(', ')}?`
}

/** A part of a name counts as one slip: `hash` for `hash_text`. */
function distanceOf(wanted: string, name: string): number {
  if (wanted === name) return 0
  if (wanted.length >= 3 && name.includes(wanted)) return 1
  return editDistance([...wanted], [...name])
}

/** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours. */
function editDistance(a: readonly string[], b: readonly string[]): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      const change = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1))
      current.push(swapped ? Math.min(change, at(before, column - 2) + 1) : change)
    }
    before = last
    last = current
  }
  return at(last, b.length)
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? Number.POSITIVE_INFINITY
}

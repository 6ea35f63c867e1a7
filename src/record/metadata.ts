import { define, type Plain, shorten } from './plain.js'

/** Under this key a record's metadata says which of its keys were shortened or left out. */
export const CUT_KEY = '_cut'

const MAX_CUT_NAMES = 20

/**
 * Metadata whose JSON text has at most `maxBytes` bytes in UTF-8. Entries are kept in their order; a text that does not
 * fit is shortened, another value left out, and `_cut` names both. Where not even that fits, the result is empty.
 *
 * @param metadata plain data, as `plainCopy` makes it
 */
export function boundMetadata(metadata: Readonly<Record<string, Plain>>, maxBytes: number): Record<string, Plain> {
  if (upperBound(metadata, maxBytes) <= maxBytes || jsonBytes(metadata) <= maxBytes) return metadata
  for (let names = MAX_CUT_NAMES; ; names = names >> 1) {
    const kept = keepWhatFits(metadata, maxBytes, names)
    if (kept !== undefined) return kept
    if (names === 0) return {}
  }
}

/** An estimate that is never too small: a UTF-16 unit takes at most six bytes in JSON. Gives up above `limit`. */
function upperBound(value: Plain, limit: number): number {
  if (typeof value === 'string') return value.length * 6 + 2
  if (typeof value !== 'object' || value === null) return 25
  let sum = 2
  for (const [key, item] of Object.entries(value)) {
    sum += key.length * 6 + 4 + upperBound(item, limit)
    if (sum > limit) return Number.POSITIVE_INFINITY
  }
  return sum
}

function jsonBytes(value: Plain): number {
  return Buffer.byteLength(JSON.stringify(value))
}

function keepWhatFits(
  metadata: Readonly<Record<string, Plain>>,
  maxBytes: number,
  maxNames: number,
): Record<string, Plain> | undefined {
  const kept: Record<string, Plain> = {}
  const cut: string[] = []
  const reserve = reservedForCut(metadata, maxNames)
  let left = maxBytes - 2 - reserve
  if (left < 0) return undefined
  for (const [key, value] of Object.entries(metadata)) {
    const whole = jsonBytes(key) + 2 + jsonBytes(value)
    if (whole <= left) {
      define(kept, key, value)
      left -= whole
      continue
    }
    cut.push(key)
    const part = typeof value === 'string' ? shortenToBytes(value, left - jsonBytes(key) - 2) : undefined
    if (part === undefined) continue
    define(kept, key, part)
    left -= jsonBytes(key) + 2 + jsonBytes(part)
  }
  define(kept, CUT_KEY, cutNames(cut, maxNames))
  return jsonBytes(kept) <= maxBytes ? kept : undefined
}

function reservedForCut(metadata: Readonly<Record<string, Plain>>, maxNames: number): number {
  const longest = Object.keys(metadata)
    .map((key) => jsonBytes(key) + 1)
    .toSorted((a, b) => b - a)
    .slice(0, maxNames)
  return jsonBytes(CUT_KEY) + 30 + longest.reduce((sum, size) => sum + size, 0)
}

function cutNames(cut: readonly string[], maxNames: number): Plain {
  if (cut.length <= maxNames) return [...cut]
  return [...cut.slice(0, maxNames), `${cut.length - maxNames} more`]
}

/** The longest beginning of a text whose JSON fits, or undefined when less than four characters would be left. */
function shortenToBytes(text: string, maxBytes: number): string | undefined {
  let low = 0
  let high = Math.min(text.length, Math.max(0, maxBytes))
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (jsonBytes(shorten(text, middle)) <= maxBytes) low = middle
    else high = middle - 1
  }
  return low >= 4 ? shorten(text, low) : undefined
}

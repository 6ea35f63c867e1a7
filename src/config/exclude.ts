const MAX_REMEMBERED = 10_000

/** Whether a feature is excluded. Answers are remembered: the question is asked at every call. */
export function excludeMatcher(patterns: readonly string[]): (featureName: string) => boolean {
  if (patterns.length === 0) return () => false
  const remembered = new Map<string, boolean>()
  return (name) => {
    const known = remembered.get(name)
    if (known !== undefined) return known
    const excluded = patterns.some((pattern) => matchesPattern(pattern, name))
    if (remembered.size >= MAX_REMEMBERED) remembered.clear()
    remembered.set(name, excluded)
    return excluded
  }
}

/** `*` matches any run of characters, also none; everything else stands for itself. Takes linear time. */
export function matchesPattern(pattern: string, name: string): boolean {
  const parts = pattern.split('*')
  const first = parts[0] as string
  if (parts.length === 1) return first === name
  const last = parts[parts.length - 1] as string
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false
  let from = first.length
  const end = name.length - last.length
  for (const part of parts.slice(1, -1)) {
    const at = name.indexOf(part, from)
    if (at < 0 || at + part.length > end) return false
    from = at + part.length
  }
  return true
}

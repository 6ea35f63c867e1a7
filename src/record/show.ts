/** A value as an error message shows it; anything may come here, and nothing throws. */
export function show(value: unknown): string {
  try {
    return typeof value === 'bigint' ? `${value}n` : (JSON.stringify(value) ?? String(value))
  } catch {
    return `[${typeof value}]`
  }
}

/** The values of a variable that holds several, separated by commas. */
export function listOf(text: string | undefined): string[] {
  return textOf(text)
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

/** A whole number of 1 or more, or the default where the variable holds none (OpenTelemetry, "Numeric value"). */
export function countOf(text: string | undefined, fallback: number): number {
  const value = Number(textOf(text))
  return Number.isSafeInteger(value) && value >= 1 ? value : fallback
}

/** Only `true` counts as true, in any case (OpenTelemetry, "Boolean value"). */
export function isTrue(text: string | undefined): boolean {
  return textOf(text).toLowerCase() === 'true'
}

/** A variable's text without space around it; an empty variable counts as unset. */
export function textOf(text: string | undefined): string {
  return (text ?? '').trim()
}

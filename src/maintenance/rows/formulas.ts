/**
 * Characters with which a spreadsheet takes a cell for a formula, full-width ones included. The hyphen is last, so that
 * the text can stand in brackets of a pattern.
 */
export const FORMULA_STARTS = '=+@\t\r\n＝＋－＠-'

const GUARDED = new RegExp(`^'+[${FORMULA_STARTS}]`)

/** A cell's text without the apostrophe that keeps it from being a formula. */
export function withoutGuard(text: string): string {
  return text.startsWith("'") && GUARDED.test(text) ? text.slice(1) : text
}

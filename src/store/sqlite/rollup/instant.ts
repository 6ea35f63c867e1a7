import { parseTimeText } from '../../../record/index.js'

export const HOUR_MICROS = 3_600_000_000
export const DAY_MICROS = 24 * HOUR_MICROS
export const HOURS_PER_DAY = 24

/** Forms in which a file's start times are written, as bits of a mask. */
export const UTC_TEXT = 1
/** Local time without an offset, as the original writes it. */
export const LOCAL_TEXT = 2
/** Other offsets, and texts that are no time. */
export const OTHER_TEXT = 4
export const ANY_TEXT = UTC_TEXT | LOCAL_TEXT | OTHER_TEXT

/** Reads start times of rows. Rows come in about the order of time, so the part up to the hour is mostly known. */
export class InstantReader {
  /** Microseconds since 1970; NaN where the text is no time. */
  micros = Number.NaN
  /** Hours since 1970; NaN likewise. */
  hour = Number.NaN
  /** One of UTC_TEXT, LOCAL_TEXT and OTHER_TEXT. */
  form = UTC_TEXT
  #prefix = ' '
  #prefixHour = Number.NaN

  read(text: string): void {
    this.form = UTC_TEXT
    if (isFixedWidth(text) && this.#readFixed(text)) return
    const micros = parseTimeText(text)
    this.form = micros !== undefined && IS_LOCAL.test(text) ? LOCAL_TEXT : OTHER_TEXT
    this.micros = micros ?? Number.NaN
    this.hour = Math.floor(this.micros / HOUR_MICROS)
  }

  #readFixed(text: string): boolean {
    if (!text.startsWith(this.#prefix)) {
      const micros = parseTimeText(`${text.slice(0, 13)}:00:00Z`)
      if (micros === undefined) return false
      this.#prefix = text.slice(0, 13)
      this.#prefixHour = Math.floor(micros / HOUR_MICROS)
    }
    const seconds = digits(text, 14, 16) * 60 + digits(text, 17, 19)
    this.micros = this.#prefixHour * HOUR_MICROS + seconds * 1_000_000 + digits(text, 20, 26)
    this.hour = this.#prefixHour
    return seconds < 3600 && !Number.isNaN(this.micros)
  }
}

/** As Python's `isoformat` writes it. Others, such as with a blank for the T, sort elsewhere. */
const IS_LOCAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?$/

/** The forms of all of these texts, as a mask. Others may have stored bytes there. */
export function formsOfTexts(texts: Iterable<string | Uint8Array>): number {
  const instant = new InstantReader()
  let forms = 0
  for (const text of texts) {
    instant.read(String(text))
    forms |= instant.form
  }
  return forms
}

/** Whether text has the form that this library writes, `2026-11-24T14:55:00.123456+00:00`. */
function isFixedWidth(text: string): boolean {
  return text.length === 32 && text.charCodeAt(10) === 84 && text.endsWith('+00:00')
}

function digits(text: string, from: number, to: number): number {
  let value = 0
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

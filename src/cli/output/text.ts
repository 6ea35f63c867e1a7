/**
 * What a stored text must not do to a terminal: move the cursor, change colours or titles, break a line, turn the
 * reading direction (Unicode Technical Report 36, section 3) or hide. Joiners stay: scripts and emoji need them.
 */
const UNSAFE =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}\u00ad\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\u{e0001}]/gu

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Text in which every unsafe character is a visible escape such as `\n`, `\x1b` or `\u202e`. */
export function visible(text: string): string {
  return text.replace(UNSAFE, (character) => NAMED[character] ?? escaped(character.codePointAt(0) ?? 0))
}

function escaped(code: number): string {
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`
}

/** The same JSON value, with what is unsafe on a terminal written as JSON's own escapes. */
export function escapeInJson(json: string): string {
  return json.replace(UNSAFE, (character) => (character === '\n' ? character : jsonEscaped(character)))
}

function jsonEscaped(character: string): string {
  return [...Array(character.length).keys()]
    .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
    .join('')
}

/** Shorter ids are found in other words and in other encodings by chance. */
const MIN_RAW = 4
const MIN_HEX = 6
const MIN_BASE64 = 8

/** Bytes that stand for somebody, in one encoding. */
export interface Pattern {
  readonly bytes: Buffer
  readonly encoding: 'raw' | 'hex' | 'base64'
  /** Counts only where no letter or digit continues it. */
  readonly isWord: boolean
}

/** Whether texts are searched for an id at all; a shorter one is erased by its rows and pseudonym alone. */
export function isSearchable(form: string): boolean {
  return Buffer.byteLength(form) >= MIN_RAW
}

/** The ways in which an id or pseudonym may be written in texts: as it is, and as JSON has it. */
export function spellings(form: string): string[] {
  const inJson = JSON.stringify(form).slice(1, -1)
  const inAscii = inJson.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return [...new Set([form, inJson, inAscii])]
}

/** What to look for in the bytes of files, of an id or pseudonym. */
export function patternsOf(form: string): Pattern[] {
  if (!isSearchable(form)) return []
  const isWord = !/^[0-9a-f]{64}$/.test(form)
  const patterns: Pattern[] = spellings(form).map((text) => ({ bytes: Buffer.from(text), encoding: 'raw', isWord }))
  const bodies = [Buffer.from(form)]
  // The bytes of the hash itself.
  if (!isWord) {
    bodies.push(Buffer.from(form, 'hex'))
    patterns.push({ bytes: Buffer.from(form, 'hex'), encoding: 'raw', isWord: false })
  }
  for (const body of bodies) {
    if (body.length >= MIN_HEX) patterns.push(...hexOf(body))
    if (body.length >= MIN_BASE64) patterns.push(...base64Of(body))
  }
  // The hexadecimal form of the hash's bytes is the pseudonym.
  return patterns.filter(({ bytes }, at) => patterns.findIndex((other) => other.bytes.equals(bytes)) === at)
}

function hexOf(body: Buffer): Pattern[] {
  const hex = body.toString('hex')
  return [hex, hex.toUpperCase()].map((text) => ({ bytes: Buffer.from(text), encoding: 'hex', isWord: false }))
}

/** In base64 the same bytes look different at each of three offsets; only what no neighbour changes is looked for. */
function base64Of(body: Buffer): Pattern[] {
  return [0, 1, 2].flatMap((offset): Pattern[] => {
    const text = Buffer.concat([Buffer.alloc(offset), body])
      .toString('base64')
      .replaceAll('=', '')
    const from = offset === 0 ? 0 : offset + 1
    const rest = (offset + body.length) % 3
    const inner = text.slice(from, rest === 0 ? text.length : text.length - 1)
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')].map((word) => ({
      bytes: Buffer.from(word),
      encoding: 'base64',
      isWord: false,
    }))
  })
}

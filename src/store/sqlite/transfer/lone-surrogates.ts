/*
 * A JavaScript string may have half of a surrogate pair. SQLite stores it as the three bytes that UTF-8 would have for it,
 * and hands these out as three replacement characters.
 */

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** The text of bytes as SQLite has them, lone surrogates included. */
export function textOfBytes(bytes: Uint8Array): string {
  let text = ''
  let from = 0
  for (let at = bytes.indexOf(LEAD); at >= 0; at = bytes.indexOf(LEAD, at + 1)) {
    const [second, third] = [bytes[at + 1] ?? 0, bytes[at + 2] ?? 0]
    if (second < 0xa0 || second > 0xbf || (third & 0xc0) !== 0x80) continue
    text += decoder.decode(bytes.subarray(from, at))
    text += String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f))
    from = at + 3
  }
  return text + decoder.decode(bytes.subarray(from))
}

/** The first byte of what stands for a surrogate, and of some other characters. */
const LEAD = 0xed

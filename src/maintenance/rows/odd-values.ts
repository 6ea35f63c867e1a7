import { textOfBytes } from '../../store/index.js'

/*
 * Values that do not belong into their column: bytes anywhere, texts where a number belongs, texts with half of a surrogate
 * pair. Text formats write bytes as SQL does, `x'00ff'`, and such texts likewise as `t'…'`, the hexadecimal digits of their
 * bytes.
 */

const ODD = /^([xt])'((?:[0-9a-f]{2})*)'$/i

/** The value that an odd value's text stands for, or undefined where the text is none. */
export function parseOdd(text: string): string | Uint8Array | undefined {
  const match = ODD.exec(text)
  if (match === null) return undefined
  const bytes = Buffer.from(match[2] as string, 'hex')
  return match[1]?.toLowerCase() === 'x' ? bytes : textOfBytes(bytes)
}

/** SQL that makes this text of a column's odd value. */
export function oddSql(column: string): string {
  return `CASE typeof(${column}) WHEN 'text' THEN 't''' ELSE 'x''' END || hex(${column}) || ''''`
}

/** SQL that is true where a text can be written as it is. */
export function isPlainSql(column: string, careful: boolean): string {
  const isText = `typeof(${column}) = 'text'`
  return careful ? `${isText} AND is_utf8(CAST(${column} AS BLOB))` : isText
}

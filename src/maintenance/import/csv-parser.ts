/** One line of cells; a cell that is quoted may go over several lines of text. */
export interface CsvLine {
  /** The line of the file where it begins, from 1. */
  readonly line: number
  readonly cells: readonly string[]
  readonly quoted: readonly boolean[]
}

/** Reads CSV after RFC 4180 piece by piece; lines may end in LF, CR LF or CR, and the separator may be a semicolon. */
export class CsvParser {
  #rest = ''
  #line = 1
  #separator: string | undefined;

  /** The lines that are whole. @throws SyntaxError */
  *push(text: string): Generator<CsvLine> {
    let buffer = this.#rest + text
    if (this.#line === 1 && buffer.startsWith('\ufeff')) buffer = buffer.slice(1)
    let from = 0
    for (let next = this.#read(buffer, from, false); next !== undefined; next = this.#read(buffer, from, false)) {
      from = next.end
      if (!isBlank(next)) yield next
    }
    this.#rest = buffer.slice(from)
  }

  /** The last line, where it has no end. @throws SyntaxError when a quoted cell is not closed */
  *end(): Generator<CsvLine> {
    if (this.#rest === '') return
    const last = this.#read(this.#rest, 0, true)
    this.#rest = ''
    if (last !== undefined && !isBlank(last)) yield last
  }

  /** The line at a place, and where the next begins; undefined where it is not whole yet. */
  #read(text: string, from: number, isEnd: boolean): (CsvLine & { end: number }) | undefined {
    const cells: string[] = []
    const quoted: boolean[] = []
    const begin = this.#line
    let lines = 0
    for (let at = from; ;) {
      const isQuoted = text.charCodeAt(at) === QUOTE
      const cell = isQuoted ? quotedEnd(text, at + 1) : this.#bareEnd(text, at)
      if (cell === undefined) {
        if (isEnd) throw new SyntaxError(`line ${begin}: a quote is not closed`)
        return undefined
      }
      // The character after a closing quote, and what follows a CR, may be in the next piece.
      if (!isEnd && cell + 2 >= text.length) return undefined
      const raw = isQuoted ? text.slice(at + 1, cell - 1) : text.slice(at, cell)
      cells.push(isQuoted && raw.includes('"') ? raw.replaceAll('""', '"') : raw)
      quoted.push(isQuoted)
      if (isQuoted) lines += countLines(raw)
      const after = text.charAt(cell)
      if (after === ',' || after === ';') this.#separator ??= after
      if (after === (this.#separator ?? ',')) {
        at = cell + 1
        continue
      }
      if (after !== '\n' && after !== '\r' && after !== '')
        throw new SyntaxError(`line ${begin + lines}: ${JSON.stringify(after)} stands after a closing quote`)
      this.#line = begin + lines + 1
      return { line: begin, cells, quoted, end: cell + (text.startsWith('\r\n', cell) ? 2 : after === '' ? 0 : 1) }
    }
  }

  /** The first cell of the file tells the separator. */
  #bareEnd(text: string, from: number): number {
    let at = from
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code === LF || code === CR) break
      if (this.#separator === undefined && (code === COMMA || code === SEMICOLON)) this.#separator = text.charAt(at)
      if (code === COMMA || code === SEMICOLON) if (text.charAt(at) === this.#separator) break
    }
    return at
  }
}

const [QUOTE, COMMA, SEMICOLON, LF, CR] = [34, 44, 59, 10, 13]

/** The place after the quote that closes a cell. */
function quotedEnd(text: string, from: number): number | undefined {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2))
    if (text.charCodeAt(at + 1) !== QUOTE) return at + 1
  return undefined
}

function countLines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}

function isBlank({ cells, quoted }: CsvLine): boolean {
  return cells.length === 1 && cells[0] === '' && quoted[0] === false
}

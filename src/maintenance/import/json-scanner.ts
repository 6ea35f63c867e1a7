/** The text of one JSON object, and where it begins. */
export interface JsonText {
  /** The line of the file, from 1. */
  readonly line: number
  readonly text: string
}

/** Cuts an array of objects into the texts of the objects, piece by piece; it may go over any number of lines. */
export class JsonArraySplitter {
  #rest = ''
  #scanned = 0
  #depth = 0
  #inText = false
  #line = 1
  #begin = { at: -1, line: 1 }
  #isOver = false

  /** @throws SyntaxError where the array has no end */
  end(): void {
    if (!this.#isOver) throw new SyntaxError(`line ${this.#line}: the array of records has no end`)
  }

  /** @throws SyntaxError where something other than objects in one array stands */
  *push(piece: string): Generator<JsonText> {
    const text = this.#rest + piece
    let cut = 0
    let at = this.#scanned
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code === LF) this.#line++
      if (this.#inText) {
        if (code === BACKSLASH) {
          // What it escapes may be in the next piece.
          if (at + 1 >= text.length) break
          at++
        } else if (code === QUOTE) this.#inText = false
      } else if (code === QUOTE) {
        if (this.#depth < 2) this.#refuse(text, at)
        this.#inText = true
      } else if (code === OPEN_BRACE || code === OPEN_BRACKET) this.#open(text, at)
      else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
        this.#depth--
        if (this.#depth === 1 && this.#begin.at >= 0) {
          yield { line: this.#begin.line, text: text.slice(this.#begin.at, at + 1) }
          this.#begin = { at: -1, line: this.#line }
          cut = at + 1
        }
        if (this.#depth === 0) this.#isOver = true
      } else if (this.#depth < 2 && !/[\s,\ufeff]/.test(text.charAt(at))) this.#refuse(text, at)
    }
    if (this.#begin.at < 0) cut = at
    else this.#begin.at -= cut
    this.#rest = text.slice(cut)
    this.#scanned = at - cut
  }

  #open(text: string, at: number): void {
    const isArray = text.charCodeAt(at) === OPEN_BRACKET
    if (this.#depth === 0 ? this.#isOver || !isArray : this.#depth === 1 && isArray) this.#refuse(text, at)
    if (this.#depth === 1) this.#begin = { at, line: this.#line }
    this.#depth++
  }

  #refuse(text: string, at: number): never {
    throw new SyntaxError(`line ${this.#line}: ${JSON.stringify(text.charAt(at))} stands where a record should begin`)
  }
}

const [LF, QUOTE, BACKSLASH] = [10, 34, 92]
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [91, 93, 123, 125]

/**
 * The members of an object, each with its own text: numbers keep their digits, objects their blanks.
 * @throws SyntaxError
 */
export function membersOf(text: string): Map<string, string> {
  const members = new Map<string, string>()
  let at = skipBlanks(text, 0)
  if (text.charCodeAt(at) !== OPEN_BRACE) throw new SyntaxError('it is no object')
  at = skipBlanks(text, at + 1)
  if (text.charCodeAt(at) === CLOSE_BRACE) return finish(text, at, members)
  for (;;) {
    const keyEnd = textEnd(text, at)
    const key = JSON.parse(text.slice(at, keyEnd)) as string
    at = skipBlanks(text, keyEnd)
    if (text.charAt(at) !== ':') throw new SyntaxError(`no colon follows ${JSON.stringify(key)}`)
    at = skipBlanks(text, at + 1)
    const end = valueEnd(text, at)
    members.set(key, text.slice(at, end).trimEnd())
    at = skipBlanks(text, end)
    if (text.charCodeAt(at) === CLOSE_BRACE) return finish(text, at, members)
    if (text.charAt(at) !== ',') throw new SyntaxError(`no comma follows the value of ${JSON.stringify(key)}`)
    at = skipBlanks(text, at + 1)
  }
}

function finish(text: string, at: number, members: Map<string, string>): Map<string, string> {
  if (skipBlanks(text, at + 1) < text.length) throw new SyntaxError('something stands after the object')
  return members
}

function skipBlanks(text: string, from: number): number {
  let at = from
  while (at < text.length && text.charCodeAt(at) <= 32) at++
  return at
}

function textEnd(text: string, from: number): number {
  if (text.charCodeAt(from) !== QUOTE) throw new SyntaxError('a name is not quoted')
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === BACKSLASH) at++
    else if (code === QUOTE) return at + 1
  }
  throw new SyntaxError('a text is not closed')
}

/** The end of a value: of a text or of brackets that close, else where a comma or bracket stands. */
function valueEnd(text: string, from: number): number {
  if (text.charCodeAt(from) === QUOTE) return textEnd(text, from)
  let depth = 0
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = textEnd(text, at) - 1
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      if (depth === 0) return at
      if (--depth === 0) return at + 1
    } else if (depth === 0 && code === COMMA) return at
  }
  throw new SyntaxError('it has no end')
}

const COMMA = 44

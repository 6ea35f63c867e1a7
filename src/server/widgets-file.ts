import { chmod, open, readFile, rename, rm } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { dirname } from 'node:path'
import type { z } from '@hono/zod-openapi'
import { ensurePrivateFolder } from '../config/index.js'
import { widgetsDocument } from './api/widget-schemas.js'
import type { WidgetsDocument } from './contract.js'
import { ApiError } from './errors.js'
import { etagOf, matches } from './respond.js'

const NOTHING: WidgetsDocument = { version: 1, pages: [] }

/** The pages that users composed, in a file beside the database. */
export class WidgetsFile {
  readonly #path: string
  #last: Promise<unknown> = Promise.resolve()

  constructor(dbPath: string) {
    this.#path = `${dbPath}.widgets.json`
  }

  /** The text of the whole, an empty one where there is no file. @throws ApiError when the file holds something else */
  async read(): Promise<string> {
    const text = await readFile(this.#path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return JSON.stringify(NOTHING)
      throw new ApiError(
        'store_unavailable',
        `${this.#path} cannot be read (${error.message})`,
        'check its permissions',
      )
    })
    return JSON.stringify(this.#parsed(text))
  }

  /**
   * Puts the whole in place of what was there.
   * @param ifMatch the ETag of what is to be replaced; null replaces whatever is there
   * @throws ApiError `conflict` when it is not there any more, `bad_request` that names the bad part
   */
  async write(body: unknown, ifMatch: string | null): Promise<string> {
    const parsed = widgetsDocument.safeParse(body)
    if (!parsed.success) throw new ApiError('bad_request', wordsOf(parsed.error), 'GET api/widgets shows the form')
    // One after the other: the comparison and the replacement belong together.
    const turn = this.#last.then(async () => this.#replace(parsed.data, ifMatch))
    this.#last = turn.catch(() => {})
    return turn
  }

  async #replace(document: WidgetsDocument, ifMatch: string | null): Promise<string> {
    if (ifMatch !== null && !matches(ifMatch, etagOf(await this.read())))
      throw new ApiError(
        'conflict',
        'the widgets were changed meanwhile',
        'GET api/widgets again and repeat the change',
      )
    const text = JSON.stringify(document)
    const unfinished = `${this.#path}.${randomBytes(6).toString('hex')}.tmp`
    try {
      ensurePrivateFolder(dirname(this.#path))
      const file = await open(unfinished, 'wx', 0o600)
      await file.writeFile(`${JSON.stringify(document, null, 2)}\n`)
      await file.sync()
      await file.close()
      await chmod(unfinished, 0o600)
      await rename(unfinished, this.#path)
    } catch (error) {
      await rm(unfinished, { force: true })
      const reason = error instanceof Error ? error.message : String(error)
      throw new ApiError(
        'store_unavailable',
        `${this.#path} cannot be written (${reason})`,
        'check the folder and the disk',
      )
    }
    return text
  }

  #parsed(text: string): WidgetsDocument {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      throw this.#notOurs('is no JSON')
    }
    const parsed = widgetsDocument.safeParse(value)
    if (!parsed.success) throw this.#notOurs(`is not ours: ${wordsOf(parsed.error)}`)
    return parsed.data
  }

  #notOurs(words: string): ApiError {
    return new ApiError('store_unavailable', `${this.#path} ${words}`, 'mend it, or move it away')
  }
}

/** The first thing that is wrong, and where. */
function wordsOf({ issues }: z.ZodError): string {
  const [issue] = issues
  const where = (issue?.path ?? []).map(String).join('.')
  return `${where === '' ? 'the body' : where}: ${issue?.message ?? 'not as it should be'}`
}

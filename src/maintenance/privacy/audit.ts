import { namesUser } from '../../record/index.js'
import { type RecordFilter, RowSource, type SqlValue } from '../../store/index.js'
import type { ProgressListener } from '../progress.js'
import { type Column, columnAt } from '../rows/columns.js'
import { kindOf, masked } from './kinds.js'

export interface AuditOptions {
  /** Absolute path of the SQLite file. */
  readonly dbPath: string
  readonly filter?: RecordFilter | undefined
  readonly onProgress?: ProgressListener | undefined
}

/** A key of the metadata, with those of objects inside after dots. */
export interface AuditedKey {
  readonly key: string
  /** Records that have it. */
  readonly count: number
  /** Its first value, masked. */
  readonly example: string
  /** Whether its name says that the value is a person. */
  readonly namesUser: boolean
}

export interface Suspicion {
  /** Such as `e-mail address`. */
  readonly kind: string
  /** Such as `error_message`, or `metadata.url`. */
  readonly place: string
  /** Records. */
  readonly count: number
  /** Masked. */
  readonly example: string
  /** The id of a record with it. */
  readonly recordId: string
}

export interface AuditReport {
  readonly rows: number
  readonly keys: readonly AuditedKey[]
  /** Keys beyond those, since no more than some thousands are kept apart. */
  readonly moreKeys: number
  readonly users: {
    readonly pseudonyms: number
    /** Records whose user id is no pseudonym. */
    readonly clear: number
    readonly none: number
  }
  readonly suspicions: readonly Suspicion[]
}

const MAX_KEYS = 5000

/** A pseudonym, as the library makes it. */
const PSEUDONYM = /^[0-9a-f]{64}$/

const TEXTS = [
  'feature_name',
  'category',
  'status',
  'session_id',
  'error_message',
  'user_id',
] as const satisfies Column[]

/** Lists what is stored of each kind, and looks for what resembles persons and secrets in every text. @throws StoreError */
export async function auditPrivacy({ dbPath, filter, onProgress }: AuditOptions): Promise<AuditReport> {
  const source = new RowSource(dbPath, filter)
  const audit = new Audit()
  try {
    let rows = 0
    for (const { content, rows: more, share } of source.rows()) {
      for (const row of content) audit.take(row)
      rows += more
      onProgress?.({ rows, share })
      // Others of this thread get their turn.
      await new Promise((resolve) => setImmediate(resolve))
    }
    return audit.report(rows)
  } finally {
    source.close()
  }
}

class Audit {
  readonly #keys = new Map<string, { count: number; example: string }>()
  readonly #suspicions = new Map<string, { count: number; example: string; recordId: string }>()
  readonly #users = { pseudonyms: 0, clear: 0, none: 0 }
  #moreKeys = 0
  #recordId = ''
  /** Of one record, each place counts once. */
  #seen = new Set<string>()

  take(row: readonly SqlValue[]): void {
    this.#recordId = String(row[0])
    this.#seen = new Set()
    for (const column of TEXTS) {
      const value = row[columnAt(column)]
      if (typeof value === 'string') this.#suspect(column, value)
    }
    this.#takeUser(row[columnAt('user_id')])
    const metadata = row[columnAt('metadata')]
    if (typeof metadata === 'string' && metadata !== '{}' && metadata !== '') this.#takeMetadata(metadata)
  }

  #takeUser(value: SqlValue | undefined): void {
    if (value === null || value === undefined) this.#users.none++
    else if (typeof value === 'string' && PSEUDONYM.test(value)) this.#users.pseudonyms++
    else this.#users.clear++
  }

  #takeMetadata(text: string): void {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      this.#suspect('metadata', text)
      return
    }
    this.#walk(value, '')
  }

  #walk(value: unknown, path: string): void {
    if (Array.isArray(value)) for (const item of value) this.#walk(item, `${path}[]`)
    else if (typeof value === 'object' && value !== null)
      for (const [key, item] of Object.entries(value)) {
        const place = path === '' ? key : `${path}.${key}`
        this.#countKey(place, item)
        // A name may be what should not be there, too.
        this.#suspect('names of metadata', key)
        this.#walk(item, place)
      }
    else if (typeof value === 'string' && !PSEUDONYM.test(value))
      this.#suspect(path === '' ? 'metadata' : `metadata.${path}`, value)
  }

  #countKey(key: string, value: unknown): void {
    const known = this.#keys.get(key)
    if (known !== undefined) {
      if (!this.#seen.has(key)) known.count++
    } else if (this.#keys.size < MAX_KEYS) this.#keys.set(key, { count: 1, example: exampleOf(value) })
    else this.#moreKeys++
    this.#seen.add(key)
  }

  #suspect(place: string, text: string): void {
    const suspicion = kindOf(text)
    if (suspicion === undefined) return
    const key = `${suspicion.kind}\0${place}`
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    const known = this.#suspicions.get(key)
    if (known !== undefined) known.count++
    else if (this.#suspicions.size < MAX_KEYS)
      this.#suspicions.set(key, { count: 1, example: masked(suspicion.found), recordId: this.#recordId })
  }

  report(rows: number): AuditReport {
    return {
      rows,
      keys: [...this.#keys]
        .map(([key, { count, example }]) => ({ key, count, example, namesUser: namesUser(key) }))
        .toSorted((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1)),
      moreKeys: this.#moreKeys,
      users: this.#users,
      suspicions: [...this.#suspicions]
        .map(([key, { count, example, recordId }]) => {
          const [kind = '', place = ''] = key.split('\0')
          return { kind, place, count, example, recordId }
        })
        .toSorted((a, b) => b.count - a.count || (a.place < b.place ? -1 : 1)),
    }
  }
}

/** Numbers and truth values say little of anybody; texts are masked. */
function exampleOf(value: unknown): string {
  if (typeof value === 'string') return masked(value)
  if (Array.isArray(value)) return `[${value.length}]`
  return typeof value === 'object' && value !== null ? `{${Object.keys(value).length}}` : String(value)
}

import type { Database, Statement } from 'better-sqlite3'

/** The subject of all calls. */
export const ALL_CALLS = 0

export interface Subject {
  readonly id: number
  /** The subject of its category. */
  readonly categoryId: number
}

/** Users that are remembered at once; twice as many may be, in two generations. */
const MAX_USERS = 16_384

/** The same for the features of each category. */
const MAX_NAMES = 2048

const MAX_CATEGORIES = 32

/** The original's documentation has agent_platform where its code has agentic_platform: both are one category. */
export function storedCategory(category: string): string {
  return category === 'agent_platform' ? 'agentic_platform' : category
}

/** Ids of features and users, given out in the writer's transaction. */
export class Dictionary {
  readonly #findSubject: Statement<[string, string, number], { id: number; category_id: number }>
  readonly #addSubject: Statement
  readonly #ownCategory: Statement
  readonly #findUser: Statement<[string], number>
  readonly #addUser: Statement<[string]>
  readonly #subjects = new Remembered<string, Remembered<string, Subject>>(MAX_CATEGORIES)
  readonly #users = new Remembered<string, number>(MAX_USERS)

  constructor(database: Database) {
    this.#findSubject = database.prepare(
      'SELECT id, category_id FROM feature_rollup_subjects WHERE feature_name = ? AND category = ? AND kind = ?',
    )
    this.#addSubject = database.prepare(
      'INSERT INTO feature_rollup_subjects (kind, feature_name, category, category_id) VALUES (?, ?, ?, ?)',
    )
    this.#ownCategory = database.prepare('UPDATE feature_rollup_subjects SET category_id = id WHERE id = ?')
    this.#findUser = database.prepare<[string], number>('SELECT id FROM feature_rollup_users WHERE user_id = ?').pluck()
    this.#addUser = database.prepare('INSERT INTO feature_rollup_users (user_id) VALUES (?)')
  }

  subject(featureName: string, category: string): Subject {
    let ofCategory = this.#subjects.get(category)
    if (ofCategory === undefined) {
      ofCategory = new Remembered(MAX_NAMES)
      this.#subjects.set(category, ofCategory)
    }
    const known = ofCategory.get(featureName)
    if (known !== undefined) return known
    const subject = this.#storedSubject(featureName, storedCategory(category))
    ofCategory.set(featureName, subject)
    return subject
  }

  user(userId: string): number {
    const known = this.#users.get(userId)
    if (known !== undefined) return known
    const id = this.#findUser.get(userId) ?? Number(this.#addUser.run(userId).lastInsertRowid)
    this.#users.set(userId, id)
    return id
  }

  /** Forgets what it remembers, since the tables may have other ids. */
  clear(): void {
    this.#subjects.clear()
    this.#users.clear()
  }

  #storedSubject(featureName: string, category: string): Subject {
    const found = this.#findSubject.get(featureName, category, 0)
    if (found !== undefined) return { id: found.id, categoryId: found.category_id }
    const categoryId = this.#findSubject.get('', category, 1)?.id ?? this.#addCategory(category)
    const id = Number(this.#addSubject.run(0, featureName, category, categoryId).lastInsertRowid)
    return { id, categoryId }
  }

  #addCategory(category: string): number {
    const id = Number(this.#addSubject.run(1, '', category, 0).lastInsertRowid)
    this.#ownCategory.run(id)
    return id
  }
}

/** A map of bounded size: when it is full it keeps what was used since it was last full. */
class Remembered<K, V> {
  readonly #max: number
  #young = new Map<K, V>()
  #old = new Map<K, V>()

  constructor(max: number) {
    this.#max = max
  }

  get(key: K): V | undefined {
    const young = this.#young.get(key)
    if (young !== undefined) return young
    const old = this.#old.get(key)
    if (old !== undefined) this.set(key, old)
    return old
  }

  set(key: K, value: V): void {
    if (this.#young.size >= this.#max) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, value)
  }

  clear(): void {
    this.#young.clear()
    this.#old.clear()
  }
}

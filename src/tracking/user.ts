import { replaceUserId } from '../record/index.js'
import { ATTR_USER_HASH, ATTR_USER_ID, type StartAttributes } from '../span/index.js'
import type { TrackingHost } from './types.js'

type Pseudonyms = Pick<TrackingHost, 'pseudonym'>

/** Who calls. The pseudonym is made when it is first asked for: once for all calls in a context that has the user. */
export class User {
  readonly #id: string | undefined
  #pseudonym: string | undefined
  #host: Pseudonyms | undefined

  /** @param pseudonym what came along from another thread or process in place of the id */
  constructor(id: string | undefined, pseudonym?: string) {
    this.#id = id
    this.#pseudonym = pseudonym
  }

  /** As it was given; undefined where only the pseudonym is known. A method, so that no log shows it by accident. */
  clearId(): string | undefined {
    return this.#id
  }

  /** Undefined when anonymisation is off. */
  pseudonym(host: Pseudonyms): string | undefined {
    if (this.#id !== undefined && host !== this.#host) {
      this.#pseudonym = host.pseudonym(this.#id)
      this.#host = host
    }
    return this.#pseudonym
  }

  /** What stands for the user in a record. */
  recorded(host: Pseudonyms): string | null {
    return this.pseudonym(host) ?? this.#id ?? null
  }

  /** A text in which the id, where it must not be seen, is replaced by the pseudonym. */
  hiddenIn(text: string, host: Pseudonyms): string {
    const pseudonym = this.pseudonym(host)
    return pseudonym === undefined || this.#id === undefined ? text : replaceUserId(text, this.#id, pseudonym)
  }

  /** Sets the attribute of a span that says who calls. */
  describe(attributes: StartAttributes, host: Pseudonyms): void {
    const pseudonym = this.pseudonym(host)
    if (pseudonym !== undefined) attributes[ATTR_USER_HASH] = pseudonym
    else if (this.#id !== undefined) attributes[ATTR_USER_ID] = this.#id
  }
}

/** Who calls, and in which session. Undefined says nothing; null that there is none. It never changes. */
export interface Identity {
  readonly user: User | null | undefined
  readonly sessionId: string | null | undefined
}

import { createHmac, timingSafeEqual } from 'node:crypto'

const COOKIE = 'feature_tracking_session'

/** Thirty days. */
const MAX_AGE_SECONDS = 2_592_000

/**
 * The one secret that lets somebody in. It comes in the Authorization header, or once in the body of a login, which hands
 * out a cookie that is made of it and does not tell it. It is never part of a URL, which servers and browsers write down.
 */
export class AccessToken {
  readonly #key: Buffer
  readonly #cookie: string

  /** @throws RangeError when it is easily guessed */
  constructor(token: string) {
    if (token.length < 16) throw new RangeError(`the token has ${token.length} characters: give 16 or more`)
    this.#key = digest(token, 'token')
    this.#cookie = createHmac('sha256', token).update('cookie').digest('base64url')
  }

  /** Takes equally long whatever is given. */
  isToken(given: string): boolean {
    return timingSafeEqual(digest(given, 'token'), this.#key)
  }

  letsIn(headers: Headers): boolean {
    const bearer = /^Bearer (.+)$/i.exec(headers.get('authorization') ?? '')?.[1]
    if (bearer !== undefined) return this.isToken(bearer)
    return cookiesOf(headers.get('cookie')).some((value) =>
      timingSafeEqual(digest(value, 'cookie'), digest(this.#cookie, 'cookie')),
    )
  }

  /** @param isSecure whether the browser came over TLS */
  loginCookie(isSecure: boolean): string {
    return `${COOKIE}=${this.#cookie}; Max-Age=${MAX_AGE_SECONDS}; ${attributes(isSecure)}`
  }
}

export function logoutCookie(isSecure: boolean): string {
  return `${COOKIE}=; Max-Age=0; ${attributes(isSecure)}`
}

function attributes(isSecure: boolean): string {
  return `Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`
}

/** Of equal length for texts of any length, which the comparison needs. */
function digest(text: string, purpose: string): Buffer {
  return createHmac('sha256', purpose).update(text).digest()
}

function cookiesOf(header: string | null): string[] {
  return (header ?? '')
    .split(';')
    .map((pair) => pair.trim().split('='))
    .filter(([name]) => name === COOKIE)
    .map(([, ...value]) => value.join('='))
}

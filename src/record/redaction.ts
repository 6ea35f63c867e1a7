import type { TextFilter } from './plain.js'

/** Keys whose value names a person: `user`, `userId`, `user_name`, `email`, `login`, and the like under a `user` object. */
const NAMES_A_USER =
  /(?:^|[._-])(?:end[_-]?)?users?(?:[._-]?(?:id|name|uid|email|mail|login)s?)?$|(?:^|[._-])(?:user[._-]?)?(?:e?-?mail|login|uid|account[_-]?id|customer[_-]?id|person[_-]?id)(?:[_-]?address(?:es)?|s)?$|(?:^|[._-])user[._-](?:id|name|key|handle)s?$/i

/** Keys that were looked at: the same ones come with each record. */
const MAX_REMEMBERED = 1000
const remembered = new Map<string, boolean>()

/** Whether a metadata key says that its value is a person; camelCase counts as words. */
export function namesUser(key: string): boolean {
  const known = remembered.get(key)
  if (known !== undefined) return known
  const names = NAMES_A_USER.test(key.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2'))
  if (remembered.size >= MAX_REMEMBERED) remembered.clear()
  remembered.set(key, names)
  return names
}

/**
 * Text with every occurrence of a user id replaced. Only whole words count, so that user `1` does not change `401`.
 */
export function replaceUserId(text: string, userId: string, pseudonym: string): string {
  if (userId === '' || !text.includes(userId)) return text
  let result = ''
  let from = 0
  for (let at = text.indexOf(userId); at >= 0; at = text.indexOf(userId, from)) {
    const end = at + userId.length
    const whole =
      !continuesWord(text, at - 1, userId.charAt(0)) && !continuesWord(text, end, userId.charAt(userId.length - 1))
    result += text.slice(from, at) + (whole ? pseudonym : userId)
    from = end
  }
  return result + text.slice(from)
}

const WORD = /[\p{L}\p{N}_]/u

function continuesWord(text: string, index: number, neighbour: string): boolean {
  return index >= 0 && index < text.length && WORD.test(text.charAt(index)) && WORD.test(neighbour)
}

/**
 * A filter for metadata: texts under keys that name a person become pseudonyms, and the call's own user id becomes
 * its pseudonym wherever it stands.
 */
export function userFilter(pseudonymize: (id: string) => string, userId?: string): TextFilter {
  return (key, text) => {
    if (text !== '' && namesUser(key)) return pseudonymize(text)
    return userId === undefined || !text.includes(userId) ? text : replaceUserId(text, userId, pseudonymize(userId))
  }
}

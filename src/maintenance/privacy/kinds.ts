/** What a text resembles that should not be in records. */
export interface Kind {
  readonly name: string
  readonly pattern: RegExp
  /** Looks closer at what the pattern found. */
  readonly isLikely?: (text: string) => boolean
}

/** The first that fits counts. Patterns are linear: none repeats what itself repeats. */
export const KINDS: readonly Kind[] = [
  { name: 'private key', pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----/ },
  { name: 'token', pattern: /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{4,}/ },
  {
    name: 'key',
    pattern:
      /\b(?:sk|pk|rk)[-_](?:live|test|proj|ant)?[-_]?[\w-]{16,}|\bgh[pousr]_\w{30,}|\bgithub_pat_\w{30,}|\bglpat-[\w-]{18,}|\bxox[abprs]-[\w-]{10,}|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bAIza[\w-]{30,}|\bnpm_\w{30,}/,
  },
  {
    name: 'token',
    pattern:
      /\bbearer\s+[\w.~+/-]{16,}|\b(?:password|passwd|pwd|secret|api[_-]?key|access[_-]?token)["']?\s*[:=]\s*["']?[^\s"',;]{4,}/i,
  },
  { name: 'password in an address', pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@]{1,100}:[^\s/@]{1,100}@/i },
  {
    name: 'e-mail address',
    pattern: /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){0,5}\.\p{L}{2,24}(?![\p{L}\p{N}])/u,
  },
  {
    name: 'card number',
    pattern: /\b\d(?:[ -]?\d){12,18}\b/,
    isLikely: (text) => passesLuhn(text.replaceAll(/\D/g, '')),
  },
  {
    name: 'IP address',
    pattern:
      /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])|(?<![\w:])(?:[0-9a-f]{1,4}:){3,7}(?::|[0-9a-f]{1,4})(?![\w:])/i,
    isLikely: isPublicAddress,
  },
  { name: 'phone number', pattern: /(?<![\w.+-])\+\d{1,3}[ ./-]?\(?\d{1,5}\)?(?:[ ./-]?\d{2,5}){2,4}(?!\w)/ },
  { name: 'home folder', pattern: /\/(?:home|Users)\/[^/\s"']{1,64}|\b[A-Z]:\\Users\\[^\\\s"']{1,64}/ },
]

/** What stands in a text, and its kind; undefined where nothing does. */
export function kindOf(text: string): { kind: string; found: string } | undefined {
  for (const { name, pattern, isLikely } of KINDS) {
    const found = pattern.exec(text)?.[0]
    if (found !== undefined && isLikely?.(found) !== false) return { kind: name, found }
  }
  return undefined
}

/** Versions and loopback addresses tell nobody. */
function isPublicAddress(text: string): boolean {
  if (text.includes(':')) return true
  const parts = text.split('.').map(Number)
  return parts.every((part) => part <= 255) && parts[0] !== 127 && parts[0] !== 0
}

function passesLuhn(digits: string): boolean {
  let sum = 0
  for (const [index, digit] of [...digits].toReversed().entries()) {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2)
    sum += value > 9 ? value - 9 : value
  }
  return sum % 10 === 0 && !/^0*$/.test(digits)
}

/** `a…m (11)`: enough to find it again, not enough to give it away. */
export function masked(text: string): string {
  const units = [...text]
  if (units.length <= 4) return `${'*'.repeat(units.length)} (${units.length})`
  return `${units[0]}…${units.at(-1)} (${units.length})`
}

import { hostname, networkInterfaces } from 'node:os'

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'] as const

/** `name` or `name:port`, as RFC 9112 has them; nothing that a URL parser would have to repair. */
const HOST = /^([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?$/i

/**
 * Whether a Host header names this server. A page of another site whose name was made to lead here (DNS rebinding) still
 * sends its own name.
 * @param names hosts that are allowed, in lower case, without port
 */
export function isAllowedHost(header: string | null | undefined, names: ReadonlySet<string>): boolean {
  const match = HOST.exec(header ?? '')
  if (match === null) return false
  const [, name = '', port] = match
  return names.has(name.toLowerCase()) && (port === undefined || (Number(port) > 0 && Number(port) < 65_536))
}

/** @param bound the address that a server listens on */
export function allowedHosts(more: readonly string[] = [], bound?: string): ReadonlySet<string> {
  return new Set(
    [...LOOPBACK, ...(bound === undefined ? [] : namesOf(bound)), ...more].map((name) => name.toLowerCase()),
  )
}

/** Of a server that listens everywhere, all addresses of the machine, and its name. */
function namesOf(bound: string): string[] {
  if (!['0.0.0.0', '::', '*', ''].includes(bound)) return [bracketed(bound)]
  const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? [])
  return [hostname(), ...addresses.map(({ address }) => bracketed(address.replace(/%.*/, '')))]
}

function bracketed(address: string): string {
  return address.includes(':') && !address.startsWith('[') ? `[${address}]` : address
}

/** Whether only programs of this machine can reach an address. */
export function isLoopback(address: string): boolean {
  return ['localhost', '::1', '[::1]'].includes(address.toLowerCase()) || /^127(\.\d{1,3}){3}$/.test(address)
}

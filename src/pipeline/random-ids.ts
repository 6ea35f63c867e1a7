/** Ids as the SDK's RandomIdGenerator makes them: not secret, unique enough to tell spans apart. */
export function randomTraceId(): string {
  return `${word()}${word()}${word()}${word()}`
}

export function randomSpanId(): string {
  return `${word()}${word()}`
}

/** Eight hexadecimal digits that are never all zero: an id of zeros is invalid. */
function word(): string {
  return (Math.floor(Math.random() * 0xffff_fffe) + 1).toString(16).padStart(8, '0')
}

import { STATUS_COUNT } from './status.js'

/*
 * Sets of users. A chunk is up to 256 users with neighbouring ids. Of a day its bytes are, for each user in order: the
 * place in the chunk, a mask of the statuses, and for each of them three bytes with the hours of the day as bits. Of
 * all time they are the place and the mask.
 */

export const CHUNK_USERS = 256

/** A use by one user of a chunk: the place, the status and the hour of the day, in one number. */
export function memberCode(place: number, status: number, hourOfDay: number): number {
  return (place * 8 + status) * 32 + hourOfDay
}

const masks = new Uint8Array(CHUNK_USERS)
const out = new Uint8Array(CHUNK_USERS * (2 + 3 * STATUS_COUNT))

/** The bytes of a day's chunk. */
export function encodeDay(codes: readonly number[]): Uint8Array {
  // A code has 16 bits, and numbers of a fixed size are sorted without asking how they compare.
  const sorted = new Uint16Array(codes)
  if (sorted.length > 1) sorted.sort()
  let length = 0
  let head = 0
  for (let from = 0; from < sorted.length;) {
    const user = (sorted[from] as number) >>> 5
    let hours = 0
    for (; from < sorted.length && (sorted[from] as number) >>> 5 === user; from++)
      hours |= 1 << ((sorted[from] as number) & 31)
    if (length === 0 || out[head] !== user >>> 3) {
      head = length
      out[head] = user >>> 3
      out[head + 1] = 0
      length += 2
    }
    out[head + 1] = (out[head + 1] as number) | (1 << (user & 7))
    out[length++] = hours & 255
    out[length++] = (hours >>> 8) & 255
    out[length++] = hours >>> 16
  }
  return Buffer.from(out.subarray(0, length))
}

export function mergeDays(left: Uint8Array, right: Uint8Array): Uint8Array {
  let length = 0
  let [a, b] = [0, 0]
  while (a < left.length || b < right.length) {
    // Past the end, no place is so high.
    const placeA = left[a] ?? CHUNK_USERS
    const placeB = right[b] ?? CHUNK_USERS
    const statusesA = placeA <= placeB ? (left[a + 1] as number) : 0
    const statusesB = placeB <= placeA ? (right[b + 1] as number) : 0
    out[length++] = Math.min(placeA, placeB)
    out[length++] = statusesA | statusesB
    if (statusesA !== 0) a += 2
    if (statusesB !== 0) b += 2
    for (let bit = 1; bit < 1 << STATUS_COUNT; bit *= 2) {
      const inA = (statusesA & bit) !== 0
      const inB = (statusesB & bit) !== 0
      if (!inA && !inB) continue
      for (let byte = 0; byte < 3; byte++)
        out[length++] = (inA ? (left[a++] as number) : 0) | (inB ? (right[b++] as number) : 0)
    }
  }
  return Buffer.from(out.subarray(0, length))
}

/** Gives each user, status and mask of hours of a day's chunk. */
export function eachDayMember(
  bytes: Uint8Array,
  take: (place: number, status: number, hourMask: number) => void,
): void {
  for (let at = 0; at < bytes.length;) {
    const place = bytes[at++] as number
    const statuses = bytes[at++] as number
    for (let status = 0; status < STATUS_COUNT; status++) {
      if ((statuses & (1 << status)) === 0) continue
      take(place, status, (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16))
      at += 3
    }
  }
}

/** Gives each user of a day's chunk who is there under one of some statuses, with a mask of the hours. */
export function eachDayUser(
  bytes: Uint8Array,
  statusMask: number,
  take: (place: number, hourMask: number) => void,
): void {
  for (let at = 0; at < bytes.length;) {
    const place = bytes[at++] as number
    let hours = 0
    for (let statuses = bytes[at++] as number, wanted = statusMask; statuses > 0; statuses >>>= 1, wanted >>>= 1) {
      if ((statuses & 1) === 0) continue
      if ((wanted & 1) === 1)
        hours |= (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16)
      at += 3
    }
    if (hours !== 0) take(place, hours)
  }
}

/** The users of a day's chunk who are there under one of some statuses in some hours, as bits; undefined of none. */
export function usersOfChunk(bytes: Uint8Array, statusMask: number, hourMask: number): Uint32Array | undefined {
  let users: Uint32Array | undefined
  eachDayUser(bytes, statusMask, (place, hours) => {
    if ((hours & hourMask) !== 0) setBit((users ??= noUsers()), place)
  })
  return users
}

/** The same of all hours and statuses. */
export function allUsersOfChunk(bytes: Uint8Array): Uint32Array {
  const users = noUsers()
  for (let at = 0; at < bytes.length; at += 2 + (HOURS_BYTES[bytes[at + 1] as number] as number))
    setBit(users, bytes[at] as number)
  return users
}

/** By a mask of statuses, the bytes of their hours. */
const HOURS_BYTES = Uint8Array.from({ length: 256 }, (_, statuses) => {
  let bytes = 0
  for (let rest = statuses; rest > 0; rest >>>= 1) bytes += 3 * (rest & 1)
  return bytes
})

function noUsers(): Uint32Array {
  return new Uint32Array(CHUNK_USERS / 32)
}

function setBit(users: Uint32Array, place: number): void {
  users[place >>> 5] = (users[place >>> 5] as number) | (1 << (place & 31))
}

/** How many users of a chunk are new: of any status, and by status. */
export interface NewMembers {
  readonly bytes: Uint8Array
  readonly users: number
  readonly byStatus: readonly number[]
}

/** Takes uses into a chunk of all time. @returns undefined when all were there */
export function addMembers(before: Uint8Array | undefined, codes: readonly number[]): NewMembers | undefined {
  masks.fill(0)
  if (before !== undefined)
    for (let at = 0; at < before.length; at += 2) masks[before[at] as number] = before[at + 1] as number
  const byStatus = Array.from({ length: STATUS_COUNT }, () => 0)
  let users = 0
  let changed = false
  for (const code of codes) {
    const place = code >>> 8
    const status = (code >>> 5) & 7
    const mask = masks[place] as number
    if ((mask & (1 << status)) !== 0) continue
    if (mask === 0) users++
    byStatus[status] = (byStatus[status] as number) + 1
    masks[place] = mask | (1 << status)
    changed = true
  }
  return changed ? { bytes: writeMasks(), users, byStatus } : undefined
}

/** The statuses under which a user of a chunk of all time is known, as a mask. */
export function statusesOf(bytes: Uint8Array, place: number): number {
  for (let at = 0; at < bytes.length; at += 2) if (bytes[at] === place) return bytes[at + 1] as number
  return 0
}

/** How many users of a chunk of all time are known under a status. */
export function countWith(bytes: Uint8Array, status: number): number {
  let count = 0
  for (let at = 1; at < bytes.length; at += 2) count += ((bytes[at] as number) >>> status) & 1
  return count
}

function writeMasks(): Uint8Array {
  let length = 0
  for (let place = 0; place < CHUNK_USERS; place++) {
    if (masks[place] === 0) continue
    out[length++] = place
    out[length++] = masks[place] as number
  }
  return Buffer.from(out.subarray(0, length))
}

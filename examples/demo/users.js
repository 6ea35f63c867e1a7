// @ts-check
/** Who calls. In the file each of them is a pseudonym; the tests of the demo look for these names and find none. */
export const USERS = [
  'ada@example.com',
  'grace@example.com',
  'edsger@example.com',
  'barbara@example.com',
  'ken@example.com',
  'radia@example.com',
]

/**
 * The user of the n-th call, among the first `among` of them.
 *
 * @param {number} index
 */
export function userOf(index, among = USERS.length) {
  return /** @type {string} */ (USERS[index % Math.min(among, USERS.length)])
}

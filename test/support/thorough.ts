export const isThorough = process.env['THOROUGH'] === '1'

/**
 * Some tests can be as long as one likes: `npm test` takes a part of their cases, and `npm run test:faults` all of them.
 */
export function cases(some: number, all: number): number {
  return isThorough ? all : some
}

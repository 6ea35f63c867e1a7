// @ts-check
/**
 * Does something with each item, `width` at a time; gives the results in the order of the items. An item that fails
 * gives its error.
 *
 * @template T, R
 * @param {readonly T[]} items
 * @param {number} width
 * @param {(item: T, index: number) => Promise<R>} work
 * @returns {Promise<(R | Error)[]>}
 */
export async function inParallel(items, width, work) {
  /** @type {(R | Error)[]} */
  const results = []
  const remaining = items.entries()
  const worker = async () => {
    for (const [index, item] of remaining)
      results[index] = await work(item, index).catch((/** @type {Error} */ error) => error)
  }
  await Promise.all(Array.from({ length: width }, worker))
  return results
}

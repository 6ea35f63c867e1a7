// @ts-check
import { featureTracker } from '@cloudcurio/feature-tracking'

/** @typedef {import('@cloudcurio/feature-tracking').FeatureUsageRecord} FeatureUsageRecord */

const HEADERS = ['feature', 'category', 'status', 'duration', 'in', 'out', 'rounds', 'user']
const RIGHT_ALIGNED = new Set(['duration', 'in', 'out', 'rounds'])

/**
 * Prints records, which come the latest first, in the order in which the calls started; below each its metadata and
 * its error.
 *
 * @param {readonly FeatureUsageRecord[]} records
 */
export function printRecords(records) {
  const inOrder = records.toReversed()
  const rows = [HEADERS, ...inOrder.map(cells)]
  const widths = HEADERS.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  rows.forEach((row, index) => {
    const line = row.map((text, column) =>
      RIGHT_ALIGNED.has(HEADERS[column] ?? '') ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0),
    )
    console.log(line.join('  ').trimEnd())
    printDetails(inOrder[index - 1])
  })
  console.log(`\n${records.length} records in ${featureTracker.health().dbPath}`)
}

/** @param {FeatureUsageRecord} record */
function cells({ featureName, category, status, duration, inputSize, outputSize, iterations, userId }) {
  return [
    featureName,
    category,
    status,
    `${(duration * 1000).toFixed(1)} ms`,
    bytes(inputSize),
    bytes(outputSize),
    String(iterations),
    userId?.slice(0, 8) ?? '-',
  ]
}

/** @param {FeatureUsageRecord | undefined} record */
function printDetails(record) {
  if (record === undefined) return
  if (Object.keys(record.metadata).length > 0) console.log(`    metadata ${JSON.stringify(record.metadata)}`)
  if (record.errorMessage !== null) console.log(`    error    ${record.errorMessage}`)
}

/** @param {number} size */
function bytes(size) {
  return `${size} B`
}

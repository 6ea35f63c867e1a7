/**
 * The efficiency score of a call, 0 to 1: `0.5·d + 0.3·o + 0.2·i` with `d = min(1, 10/duration)`,
 * `o = min(1, outputSize/1000)` and `i = min(1, 1/iterations)`. Source: the Python original's `_calculate_efficiency`.
 *
 * @param duration seconds; 0, less or not a number gives 1
 * @param outputSize bytes
 * @param iterations how many rounds the call took
 */
export function calculateEfficiency(duration: number, outputSize = 0, iterations = 1): number {
  if (!(duration > 0)) return 1
  const durationFactor = unit(10 / duration)
  const outputFactor = unit(outputSize / 1000)
  const iterationFactor = iterations > 0 ? unit(1 / iterations) : 1
  return unit(durationFactor * 0.5 + outputFactor * 0.3 + iterationFactor * 0.2)
}

function unit(value: number): number {
  return value > 0 ? Math.min(1, value) : 0
}

import type { FeatureStatus } from '../../record/index.js'
import type { Colors } from '../context.js'

/** Failures stand out; success is the ordinary and stays plain. */
export function paintStatus(text: string, status: FeatureStatus, colors: Colors): string {
  if (status === 'success') return text
  return status === 'partial' ? colors.yellow(text) : colors.red(text)
}

/** @param percent 0 to 100 */
export function paintSuccessRate(text: string, percent: number, colors: Colors): string {
  if (percent >= 90) return text
  return percent < 50 ? colors.red(text) : colors.yellow(text)
}

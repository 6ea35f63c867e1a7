import type { ResolvedSetting } from '../../config/index.js'

/**
 * - `ok`: it was looked at and is as it should be
 * - `note`: worth knowing, nothing to mend
 * - `warning`: it works, and something should be mended
 * - `problem`: records are lost or refused, or cannot be read
 */
export type FindingLevel = 'ok' | 'note' | 'warning' | 'problem'

/** One thing that the doctor looked at. */
export interface Finding {
  /** What was looked at, in one or two words. */
  readonly check: string
  readonly level: FindingLevel
  readonly message: string
  /** What to do; there is one for every warning and problem. */
  readonly remedy?: string | undefined
}

export interface DoctorContext {
  /** Absolute path of the database. */
  readonly path: string
  readonly settings: readonly ResolvedSetting[]
  /** Look at every page and index, which takes long. */
  readonly full: boolean
}

/** Looks at one thing. What it throws becomes a finding. */
export interface DoctorCheck {
  readonly check: string
  readonly look: (context: DoctorContext) => Promise<readonly Finding[]> | readonly Finding[]
}

export function ok(check: string, message: string): Finding {
  return { check, level: 'ok', message }
}

export function note(check: string, message: string): Finding {
  return { check, level: 'note', message }
}

export function warning(check: string, message: string, remedy: string): Finding {
  return { check, level: 'warning', message, remedy }
}

export function problem(check: string, message: string, remedy: string): Finding {
  return { check, level: 'problem', message, remedy }
}

/** Hears of rows that were dealt with, and how much of the work, 0 to 1, is done. */
export type RowListener = (rows: number, share: number) => void

/** How far a long piece of work has come. */
export interface Progress {
  /** So far. */
  readonly rows: number
  /** 0 to 1; undefined where nobody knows how much there is. */
  readonly share: number | undefined
}

export type ProgressListener = (progress: Progress) => void

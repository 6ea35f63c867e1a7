import type { Statements } from './statements.js'

/** The row of `feature_rollup_state`; see tables.ts. */
export interface RollupState {
  generation: number
  watermark: number
  watermark_id: string | null
  frozen_day: number | null
  recounted_rowid: number
  text_forms: number
  rebuilding: number
}

/** Reads and writes the state, within the caller's transaction. */
export class StateTable {
  readonly #statements: Statements

  constructor(statements: Statements) {
    this.#statements = statements
  }

  read(): RollupState {
    const [state] = this.#statements.all<RollupState>('SELECT * FROM feature_rollup_state')
    if (state === undefined) throw new Error('feature_rollup_state has no row: run a migration on a copy of the file')
    return state
  }

  write(state: RollupState): void {
    this.#statements.run(
      `UPDATE feature_rollup_state SET generation = ?, watermark = ?, watermark_id = ?, frozen_day = ?,
       recounted_rowid = ?, text_forms = ?, rebuilding = ?`,
      state.generation,
      state.watermark,
      state.watermark_id,
      state.frozen_day,
      state.recounted_rowid,
      state.text_forms,
      state.rebuilding,
    )
  }

  /** The highest rowid in use, 0 when there is none. */
  lastRowid(): number {
    return this.#statements.number('SELECT max(rowid) FROM feature_usage') ?? 0
  }

  idAt(rowid: number): string | null {
    const [row] = this.#statements.rows<[string]>("SELECT coalesce(id, '') FROM feature_usage WHERE rowid = ?", rowid)
    return row?.[0] ?? null
  }

  /**
   * Whether the row at the watermark is still the one that was counted. It is not where somebody deleted the latest rows,
   * and their rowids may have been given to others since.
   */
  holds(state: RollupState): boolean {
    return state.watermark_id === null ? state.watermark === 0 : this.idAt(state.watermark) === state.watermark_id
  }
}

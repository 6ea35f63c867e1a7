/**
 * The store's second door, for `src/maintenance` alone: work on a file as a whole. What applications may use is in
 * `src/store/index.ts`.
 */
export { type Contents, refuseForeignSchema } from './contents.js'
export { copyDatabase, type CopyProgress } from './copy.js'
export { countRows, startOfNth } from './cut.js'
export { InTurn } from './in-turn.js'
export { createDatabase, openForUpkeep } from './open.js'
export { replaceDatabase } from './replace.js'
export { Shrinking, type Space, spaceOf, vacuumWhole, writeBack } from './space.js'
export { dropSums } from '../rollup/drop-sums.js'
export { removeIds, RowRemoval, type RemovalQuestion } from '../rollup/retention.js'
export { RollupWriter } from '../rollup/writer.js'
export { rollupStatus } from '../rollup/upkeep.js'
export { openForReading, toStoreError } from '../database.js'
export { insertStored, originOf, type StoredRow, storedRows, type StoredValue } from './rows.js'
export { pendingSteps, schemaStatus } from '../migrations.js'
export { COLUMNS } from '../schema.js'
export { isAbandoned, isSpoolOf } from '../spool/owner.js'

import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { beginKeyRotation, type KeyRotation } from '../../config/index.js'
import { pseudonymOf, replaceUserId } from '../../record/index.js'
import { RowEraser } from '../../store/index.js'
import { MaintenanceError } from '../error.js'

export interface RotateOptions {
  /** Absolute path of the SQLite file. */
  readonly dbPath: string
  /** A file with one user id a line: their records get the new pseudonyms. Others keep the old ones, unlinkable. */
  readonly idsFile?: string | undefined
  readonly onStep?: ((step: string) => void) | undefined
}

export interface RotateReport {
  /** Ids that were given. */
  readonly ids: number
  /** Records that have a new pseudonym. */
  readonly rows: number
  /** Other texts in which a pseudonym was replaced. */
  readonly mentions: number
  /** Whether an earlier rotation that did not come to its end was taken up. */
  readonly resumed: boolean
}

/**
 * Gives the installation a new key. Records of users whose ids are given get the pseudonyms under it; afterwards nothing
 * connects the others' old pseudonyms with any person, since the old key is gone. When this is interrupted, the old key
 * stays in force, and doing it again goes on with the new key of the first time.
 *
 * Processes that run notice the new key within seconds.
 * @throws StoreError, MaintenanceError
 */
export async function rotateKey({ dbPath, idsFile, onStep }: RotateOptions): Promise<RotateReport> {
  const path = resolve(dbPath)
  const ids = idsFile === undefined ? [] : await readIds(idsFile)
  const rotation = beginKeyRotation(path)
  const renamed = new Map(
    rotation.oldKey === undefined
      ? []
      : ids.map((id) => [pseudonymOf(rotation.oldKey as Uint8Array, id), pseudonymOf(rotation.newKey, id)]),
  )
  const report = { ids: ids.length, rows: 0, mentions: 0, resumed: rotation.isResumed }
  if (renamed.size === 0) {
    rotation.commit()
    return report
  }
  return rename(path, rotation, renamed, report, onStep ?? (() => {}))
}

async function rename(
  path: string,
  rotation: KeyRotation,
  renamed: ReadonlyMap<string, string>,
  report: RotateReport,
  onStep: (step: string) => void,
): Promise<RotateReport> {
  const eraser = new RowEraser(path)
  const replace = replacer(renamed)
  try {
    onStep('giving records their new pseudonyms')
    let rows = await eraser.renameUsers(renamed)
    const mentions = await eraser.scrub([], replace)
    rotation.commit()
    // Records that were on their way meanwhile.
    rows += await eraser.renameUsers(renamed)
    await eraser.emptyLog()
    return { ...report, rows, mentions }
  } finally {
    eraser.close()
  }
}

/** Pseudonyms are 64 hexadecimal digits: each is looked up, however many there are. */
function replacer(renamed: ReadonlyMap<string, string>): (text: string) => string {
  return (text) => {
    if (text.length < 64) return text
    const found = new Set(text.match(/(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g))
    return [...found].reduce((result, old) => replaceUserId(result, old, renamed.get(old) ?? old), text)
  }
}

async function readIds(path: string): Promise<string[]> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw new MaintenanceError(
      'bad_path',
      `${path} cannot be read (${(error as Error).message})`,
      'give a file with one user id a line',
    )
  }
  const ids = text.split(/\r?\n/).filter((line) => line !== '')
  if (ids.length === 0)
    throw new MaintenanceError('bad_format', `${path} has no user ids`, 'give a file with one user id a line')
  return [...new Set(ids)]
}

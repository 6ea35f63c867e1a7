import { createHash, randomBytes } from 'node:crypto'
import { chmod, rename, rm, writeFile } from 'node:fs/promises'
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { RowEraser } from '../../store/index.js'
import { MaintenanceError } from '../error.js'
import { exportRecords } from '../export/export-records.js'
import { importRecords } from '../import/import-records.js'
import { firstBytes, lookAt, type SourceFile, textOf } from '../import/pieces.js'

export interface Rewritten {
  readonly rows: number
  readonly mentions: number
}

type Replace = (text: string) => string

/** @throws MaintenanceError where it cannot be read */
export async function isDatabase(path: string): Promise<boolean> {
  try {
    return (await firstBytes(path)).toString('latin1').startsWith('SQLite format 3')
  } catch (error) {
    throw new MaintenanceError('bad_path', `${path} cannot be read (${(error as Error).message})`, undefined, {
      cause: error,
    })
  }
}

/**
 * Writes an export or archive anew without some users, in the same form and under the same name.
 * @throws MaintenanceError where it is in no form that is known; then it is as it was
 */
export async function rewriteFile(path: string, forms: readonly string[], replace: Replace): Promise<Rewritten> {
  const file = await lookAt(path)
  if (file.format === 'jsonl' && (await isArchive(file))) return rewriteArchive(file, forms, replace)
  const draft = `${path}.${randomBytes(4).toString('hex')}.draft`
  const [database, output] = [`${draft}.db`, `${draft}${suffixOf(path)}`]
  await writeFile(database, '', { mode: 0o600 })
  try {
    await importRecords({ dbPath: database, files: [path], format: file.format })
    const result = await eraseFrom(database, forms, replace)
    await exportRecords({ dbPath: database, output: { path: output }, format: file.format })
    await rename(output, path)
    return result
  } finally {
    for (const suffix of ['', '-wal', '-shm', '.turns', '.key']) await rm(database + suffix, { force: true })
    await rm(output, { force: true })
  }
}

function suffixOf(path: string): string {
  return path.endsWith('.gz') ? '.gz' : ''
}

async function eraseFrom(database: string, forms: readonly string[], replace: Replace): Promise<Rewritten> {
  const eraser = new RowEraser(database)
  try {
    return { rows: await eraser.eraseRows(forms), mentions: await eraser.scrub(forms, replace) }
  } finally {
    eraser.close()
  }
}

/** What the first line of an archive says it is. */
const ARCHIVE = '"format":"feature-tracking-archive"'

async function isArchive(file: SourceFile): Promise<boolean> {
  for await (const line of linesOf(file)) return line.includes(ARCHIVE)
  return false
}

/**
 * An archive has a head, rows as objects, and a foot with the number of rows and the SHA-256 over their lines.
 */
async function rewriteArchive(file: SourceFile, forms: readonly string[], replace: Replace): Promise<Rewritten> {
  const users = new Set(forms)
  const result = { rows: 0, mentions: 0 }
  async function* text(): AsyncGenerator<string> {
    const hash = createHash('sha256')
    let kept = 0
    let held: string | undefined
    let isHead = true
    for await (const line of linesOf(file)) {
      if (isHead) {
        isHead = false
        yield `${line}\n`
        continue
      }
      if (held !== undefined) {
        const row = keptRow(held, users, replace, result)
        if (row !== undefined) {
          kept++
          hash.update(`${row}\n`)
          yield `${row}\n`
        }
      }
      held = line
    }
    // The last line is the foot.
    yield `${JSON.stringify({ rows: kept, checksum: hash.digest('hex') })}\n`
  }
  const draft = `${file.path}.${randomBytes(4).toString('hex')}.draft`
  try {
    const target = createWriteStream(draft, { flags: 'wx', mode: 0o600, flush: true })
    if (file.isGzip) await pipeline(Readable.from(text()), createGzip(), target)
    else await pipeline(Readable.from(text()), target)
    await chmod(draft, 0o600)
    await rename(draft, file.path)
    return result
  } finally {
    await rm(draft, { force: true })
  }
}

function keptRow(
  line: string,
  users: ReadonlySet<string>,
  replace: Replace,
  result: { rows: number; mentions: number },
): string | undefined {
  const row = JSON.parse(line) as Readonly<Record<string, unknown>>
  if (typeof row['user_id'] === 'string' && users.has(row['user_id'])) {
    result.rows++
    return undefined
  }
  let mentions = 0
  const changed = Object.entries(row).map(([name, value]) => {
    const text = typeof value === 'string' ? replace(value) : value
    if (text !== value) mentions++
    return [name, text] as const
  })
  result.mentions += mentions
  return mentions === 0 ? line : JSON.stringify(Object.fromEntries(changed))
}

async function* linesOf(file: SourceFile): AsyncGenerator<string> {
  let rest = ''
  for await (const { text } of textOf(file)) {
    const lines = (rest + text).split('\n')
    rest = lines.pop() as string
    yield* lines
  }
  if (rest !== '') yield rest
}

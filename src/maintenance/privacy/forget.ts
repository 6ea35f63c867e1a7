import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { replaceUserId } from '../../record/index.js'
import { RowEraser, SqliteWriter, userForms } from '../../store/index.js'
import { backupFolderOf, listBackups } from '../backup/backup.js'
import { lookAt } from '../import/pieces.js'
import { isDatabase, rewriteFile } from './rewrite.js'
import { ByteSearch, type Found, searchFile } from './byte-search.js'
import { isSearchable, patternsOf, spellings } from './patterns.js'

export interface ForgetOptions {
  /** Absolute path of the SQLite file. */
  readonly dbPath: string
  /** Ids or whole pseudonyms. */
  readonly users: readonly string[]
  /** Backups, archives and exports from which they are to be erased, too. */
  readonly also?: readonly string[] | undefined
  /** Only says what there is. */
  readonly dryRun?: boolean | undefined
  /** Hears in a few words what is being done. */
  readonly onStep?: ((step: string) => void) | undefined
}

/** What became of one database or file. */
export interface ForgottenFile {
  readonly path: string
  /** Rows of these users; in a dry run those there are. */
  readonly rows: number
  /** Texts of other rows that spoke of them. */
  readonly mentions: number
  /** Whether the whole file was written anew, since free space still had something of them. */
  readonly vacuumed: boolean
}

export interface ForgetReport {
  readonly dryRun: boolean
  readonly files: readonly ForgottenFile[]
  /** What the bytes of every file had of them before and after; in a dry run `after` is empty. */
  readonly before: readonly Found[]
  readonly after: readonly Found[]
  /** Whether nothing was found after. */
  readonly isErased: boolean
  /** Ids that are too short to be searched for in texts and bytes. */
  readonly short: readonly string[]
  /** Backups in the folder for backups that were not named, and may have them. */
  readonly otherBackups: readonly string[]
}

/** What stands where an id or pseudonym stood in another record's text. */
const FORGOTTEN = '[forgotten]'

/** How long the files of ended processes may take, in milliseconds. */
const ORPHAN_PATIENCE_MS = 10_000

/** How long files of running processes may take until they are empty, in milliseconds: they are looked after every 2 s. */
const SPOOL_PATIENCE_MS = 6000

/**
 * Erases users: their rows, what other texts say of them, their part in the sums, and every trace in log, free space and
 * files of waiting records; then searches all bytes for what is left. Other processes may write meanwhile. This process
 * must not track into the same file: the search closes it, which lets go of its locks.
 * @throws StoreError, MaintenanceError
 */
export async function forgetUsers(options: ForgetOptions): Promise<ForgetReport> {
  const dbPath = resolve(options.dbPath)
  const also = (options.also ?? []).map((path) => resolve(path))
  for (const path of also) await checkNamed(path)
  const forms = [
    ...new Set([dbPath, ...also].flatMap((path) => options.users.flatMap((user) => userForms(path, user)))),
  ]
  const work = new Forgetting(dbPath, also, forms, options.onStep ?? (() => {}))
  const report = options.dryRun === true ? await work.look() : await work.erase()
  const otherBackups = backupsOf(dbPath).filter((path) => !also.includes(path))
  return { ...report, short: options.users.filter((user) => !isSearchable(user)), otherBackups }
}

function backupsOf(dbPath: string): string[] {
  const folder = backupFolderOf(dbPath)
  return existsSync(folder) ? listBackups(folder, basename(dbPath)) : []
}

async function checkNamed(path: string): Promise<void> {
  if (!(await isDatabase(path))) await lookAt(path)
}

type Report = Omit<ForgetReport, 'short' | 'otherBackups'>

class Forgetting {
  readonly #dbPath: string
  readonly #also: readonly string[]
  readonly #forms: readonly string[]
  readonly #search: ByteSearch
  readonly #onStep: (step: string) => void
  readonly #replace: (text: string) => string

  constructor(dbPath: string, also: readonly string[], forms: readonly string[], onStep: (step: string) => void) {
    this.#dbPath = dbPath
    this.#also = also
    this.#forms = forms
    this.#onStep = onStep
    this.#search = new ByteSearch(forms.flatMap(patternsOf))
    this.#replace = replacerOf(forms)
  }

  async look(): Promise<Report> {
    const files: ForgottenFile[] = []
    for (const path of await this.#databases()) {
      const eraser = new RowEraser(path)
      try {
        const [rows, mentions] = [eraser.countRows(this.#forms), eraser.countMentions(this.#forms, this.#replace)]
        files.push({ path, rows, mentions, vacuumed: false })
      } finally {
        eraser.close()
      }
    }
    const before = await this.#searchAll('searching')
    return { dryRun: true, files, before, after: [], isErased: before.every(isClean) }
  }

  async erase(): Promise<Report> {
    this.#onStep('taking in what ended processes left')
    await takeInOrphans(this.#dbPath)
    const before = await this.#searchAll('searching before')
    const files: ForgottenFile[] = []
    for (const path of await this.#databases()) files.push(await this.#eraseDatabase(path))
    for (const path of await this.#otherFiles()) {
      this.#onStep(`writing ${path} anew`)
      files.push({ path, ...(await rewriteFile(path, this.#forms, this.#replace)), vacuumed: false })
    }
    const after = await this.#searchPatiently()
    return { dryRun: false, files, before, after, isErased: after.every(isClean) }
  }

  async #eraseDatabase(path: string): Promise<ForgottenFile> {
    this.#onStep(`erasing from ${path}`)
    const result = await this.#withEraser(path, async (eraser) => {
      const rows = await eraser.eraseRows(this.#forms)
      const mentions = await eraser.scrub(this.#forms, this.#replace)
      await eraser.rebuildSums(this.#forms)
      await eraser.emptyLog()
      return { rows, mentions }
    })
    // Pages may hold what was moved about in them before; only a new file is sure to have none.
    const found = await Promise.all([path, `${path}-wal`].map((file) => this.#searchOne(file)))
    const vacuumed = found.some((one) => one !== undefined && (!isClean(one) || one.inside > 0))
    if (vacuumed) {
      this.#onStep(`writing ${path} anew`)
      await this.#withEraser(path, async (eraser) => {
        await eraser.vacuum()
        await eraser.emptyLog()
      })
    }
    return { path, ...result, vacuumed }
  }

  async #withEraser<T>(path: string, work: (eraser: RowEraser) => Promise<T>): Promise<T> {
    const eraser = new RowEraser(path)
    try {
      return await work(eraser)
    } finally {
      eraser.close()
    }
  }

  /** A process that runs empties its files some time after all in them is stored. */
  async #searchPatiently(): Promise<Found[]> {
    const deadline = Date.now() + SPOOL_PATIENCE_MS
    for (;;) {
      const found = await this.#searchAll('searching after')
      const waits = found.some((one) => isSpool(one.path) && !isClean(one))
      if (!waits || Date.now() > deadline) return found
      await sleep(300)
    }
  }

  async #searchAll(step: string): Promise<Found[]> {
    const found: Found[] = []
    for (const path of [...(await filesBeside(this.#dbPath)), ...(await this.#alsoWithCompanions())]) {
      this.#onStep(`${step} ${path}`)
      const one = await this.#searchOne(path)
      if (one !== undefined) found.push(one)
    }
    return found
  }

  /** Undefined where the file is not there, or went meanwhile. */
  async #searchOne(path: string): Promise<Found | undefined> {
    try {
      return await searchFile(path, this.#search)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  async #alsoWithCompanions(): Promise<string[]> {
    const paths: string[] = []
    for (const path of this.#also) paths.push(...((await isDatabase(path)) ? await filesBeside(path) : [path]))
    return paths
  }

  async #databases(): Promise<string[]> {
    const paths = [this.#dbPath]
    for (const path of this.#also) if (await isDatabase(path)) paths.push(path)
    return paths
  }

  async #otherFiles(): Promise<string[]> {
    const paths: string[] = []
    for (const path of this.#also) if (!(await isDatabase(path))) paths.push(path)
    return paths
  }
}

/** Replaces ids as whole words, in the spellings that they have in texts. */
function replacerOf(forms: readonly string[]): (text: string) => string {
  const words = forms.filter(isSearchable).flatMap(spellings)
  return (text) => {
    let result = text
    for (const word of words) if (result.includes(word)) result = replaceUserId(result, word, FORGOTTEN)
    return result
  }
}

/** A database's own files: itself and all whose names begin with its own: log, spool files, what was set aside. */
async function filesBeside(dbPath: string): Promise<string[]> {
  const names = await readdir(dirname(dbPath))
  const own = basename(dbPath)
  return names
    .filter(
      (name) => name === own || (name.startsWith(`${own}.`) && !name.endsWith('.key')) || name.startsWith(`${own}-`),
    )
    .map((name) => join(dirname(dbPath), name))
}

function isSpool(path: string): boolean {
  return /\.spool-[^/]*$/.test(path)
}

function isClean({ raw, hex, base64 }: Found): boolean {
  return raw + hex + base64 === 0
}

/** A writer takes in the files of processes that ended without storing all they had. */
async function takeInOrphans(dbPath: string): Promise<void> {
  const writer = new SqliteWriter(dbPath)
  try {
    await writer.insertRows([])
    // It takes them in in the background: first under its own name, then they are gone.
    const deadline = Date.now() + ORPHAN_PATIENCE_MS
    do await sleep(30)
    while ((await hasOrphans(dbPath)) && Date.now() < deadline)
  } finally {
    await writer.close()
  }
}

async function hasOrphans(dbPath: string): Promise<boolean> {
  const names = await readdir(dirname(dbPath))
  const own = `${basename(dbPath)}.spool-`
  return names.some((name) => name.startsWith(`${own}0.`) || name.startsWith(`${own}${process.pid}.`))
}

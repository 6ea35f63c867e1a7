import { resolveOne, SETTINGS, type SettingDefinition, type SettingOrigin } from '../config/index.js'
import type { FeatureStoreReader } from '../store/index.js'
import { CliError } from './errors.js'

export interface DatabaseChoice {
  /** Absolute. */
  readonly path: string
  readonly origin: SettingOrigin
}

const DB_PATH: SettingDefinition = SETTINGS[0]

const CHOSEN_BY: Readonly<Record<SettingOrigin, string>> = {
  argument: 'the path given by --db-path',
  environment: `the path in ${DB_PATH.variable}`,
  default: 'the default path',
}

/** `--db-path`, else `FEATURE_TRACKING_DB_PATH`, else the default. Nothing is opened. */
export function chooseDatabase(
  dbPath: string | undefined,
  env: NodeJS.ProcessEnv,
  warn: (message: string) => void,
): DatabaseChoice {
  if (dbPath !== undefined && DB_PATH.accept(dbPath) === undefined)
    throw new CliError('usage', `--db-path is ${JSON.stringify(dbPath)}: give ${DB_PATH.expects}`)
  const { value, origin } = resolveOne(DB_PATH, { dbPath }, env, warn)
  return { path: String(value), origin }
}

/**
 * Asks the file and lets go of it. The store is loaded here, so that help needs none of it.
 * @throws CliError in place of what the store throws
 */
export async function askDatabase<T>(
  database: DatabaseChoice,
  ask: (reader: FeatureStoreReader) => Promise<T>,
): Promise<T> {
  const { openReader } = await import('../store/reading/index.js')
  const reader = openReader(database.path)
  try {
    return await ask(reader)
  } catch (error) {
    throw await storeFailure(error, database)
  } finally {
    await reader.close()
  }
}

const OTHER_PATH = `--db-path or ${DB_PATH.variable} choose another file`

/** What a store threw, in words for the command line; anything else as it is. */
export async function storeFailure(error: unknown, { path, origin }: DatabaseChoice): Promise<unknown> {
  const { StoreError } = await import('../store/reading/index.js')
  const options = { cause: error }
  if (!(error instanceof StoreError)) return error
  if (error.code === 'not_found')
    return new CliError(
      'not_found',
      `there is no file ${path} (${CHOSEN_BY[origin]})`,
      `it appears with the first tracked call; ${OTHER_PATH}`,
      options,
    )
  const code = error.code === 'empty' ? 'not_ours' : error.code
  return new CliError(code, error.message, code === 'not_ours' ? OTHER_PATH : undefined, options)
}

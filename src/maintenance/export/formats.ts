import { MaintenanceError } from '../error.js'

/** Formats of files with records. */
export const FILE_FORMATS = ['csv', 'json', 'jsonl', 'parquet'] as const

export type FileFormat = (typeof FILE_FORMATS)[number]

const BY_EXTENSION: Readonly<Record<string, FileFormat>> = {
  csv: 'csv',
  json: 'json',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  parquet: 'parquet',
}

/** The format that a file's name tells, `.gz` aside; undefined where it tells none. */
export function formatOfName(path: string): FileFormat | undefined {
  const match = /\.([a-z]+)(?:\.gz)?$/i.exec(path)
  return BY_EXTENSION[match?.[1]?.toLowerCase() ?? '']
}

/** @throws MaintenanceError */
export function requireFormat(format: FileFormat | undefined, path: string | undefined): FileFormat {
  const found = format ?? (path === undefined ? undefined : formatOfName(path))
  if (found === undefined)
    throw new MaintenanceError(
      'bad_format',
      path === undefined ? 'no format was given' : `the name ${path} tells no format`,
      `give --format with one of ${FILE_FORMATS.join(', ')}`,
    )
  if (found === 'parquet' && path?.endsWith('.gz') === true)
    throw new MaintenanceError(
      'bad_format',
      `${path}: Parquet is compressed already`,
      'give a name that ends in .parquet',
    )
  return found
}

import { resolve } from 'node:path'
import { adoptKey, readKey } from '../../config/index.js'
import { RowSource } from '../../store/index.js'
import { MaintenanceError } from '../error.js'
import type { ProgressListener } from '../progress.js'
import { RowSink } from './row-sink.js'

export interface MergeOptions {
  readonly sources: readonly string[]
  /** The database that takes the records in; it is made where it lacks. */
  readonly into: string
  readonly onProgress?: ProgressListener | undefined
}

export interface MergeReport {
  readonly sources: readonly { readonly path: string; readonly rows: number; readonly added: number }[]
  readonly into: string
  readonly rows: number
  readonly added: number
  /** Of all databases together: one key, several, or none. Users are the same person only under one key. */
  readonly keys: 'same' | 'different' | 'none'
  /** Sources with sums of records that retention removed, which stay behind. */
  readonly frozen: readonly string[]
}

/**
 * Unites databases. A record whose id is there already is left out, so that it may be done again. Where all have the same
 * key and the target has none, the target gets it.
 * @throws StoreError, MaintenanceError
 */
export async function mergeDatabases({ sources, into, onProgress }: MergeOptions): Promise<MergeReport> {
  const target = resolve(into)
  const paths = sources.map((path) => resolve(path))
  if (paths.includes(target))
    throw new MaintenanceError(
      'bad_path',
      `${target} is one of the databases to merge`,
      'give another path with --into',
    )
  const keys = keysOf([...paths, target])
  const sink = new RowSink(target)
  const report: { path: string; rows: number; added: number }[] = []
  const frozen: string[] = []
  try {
    for (const [index, path] of paths.entries()) {
      const before = sink.added
      const { rows, hasFrozenSums } = await takeIn(path, sink, (share, read) => {
        const done = report.reduce((sum, source) => sum + source.rows, 0)
        onProgress?.({ rows: done + read, share: (index + share) / paths.length })
      })
      if (hasFrozenSums) frozen.push(path)
      report.push({ path, rows, added: sink.added - before })
    }
  } finally {
    await sink.close()
  }
  const [only] = keys
  if (keys.size === 1 && only !== undefined) adoptKey(target, Buffer.from(only, 'hex'))
  return {
    sources: report,
    into: target,
    rows: report.reduce((sum, { rows }) => sum + rows, 0),
    added: sink.added,
    keys: keys.size === 0 ? 'none' : keys.size === 1 ? 'same' : 'different',
    frozen,
  }
}

async function takeIn(
  path: string,
  sink: RowSink,
  onPage: (share: number, rows: number) => void,
): Promise<{ rows: number; hasFrozenSums: boolean }> {
  const source = new RowSource(path)
  let rows = 0
  try {
    for (const page of source.rows()) {
      for (const row of page.content) await sink.add(row)
      rows += page.rows
      onPage(page.share, rows)
    }
    await sink.finish()
    return { rows, hasFrozenSums: source.hasFrozenSums }
  } finally {
    source.close()
  }
}

function keysOf(paths: readonly string[]): Set<string> {
  const keys = paths.map((path) => readKey(path)).filter((key) => key !== undefined)
  return new Set(keys.map((key) => Buffer.from(key).toString('hex')))
}

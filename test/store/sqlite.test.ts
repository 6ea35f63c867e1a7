import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureKey } from '../../src/config/index.js'
import { pseudonymOf } from '../../src/record/index.js'
import {
  type FeatureStoreExplorer,
  IsolatedReader,
  openReader,
  SqliteReader,
  SqliteWriter,
} from '../../src/store/index.js'
import { describeFeatureReader, describeFeatureStore } from './conformance.js'
import type { MakeStore } from './subject.js'

function sqlite(read: (path: string) => FeatureStoreExplorer): MakeStore {
  return () => {
    const folder = mkdtempSync(join(tmpdir(), 'feature-tracking-'))
    const path = join(folder, 'usage.db')
    const key = ensureKey(path)
    return {
      openWriter: () => new SqliteWriter(path),
      openReader: () => read(path),
      pseudonym: (userId) => pseudonymOf(key, userId),
      remove: () => {
        rmSync(folder, { recursive: true })
      },
    }
  }
}

describeFeatureStore(
  'SQLite, read in a thread',
  sqlite((path) => new SqliteReader(path)),
)
describeFeatureReader('SQLite read in place', sqlite(openReader))
describeFeatureReader(
  'SQLite, read in processes',
  sqlite((path) => new IsolatedReader(path)),
)

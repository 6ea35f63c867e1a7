// @ts-check
// DATABASE_OPERATION: synchronous functions over a SQLite file of the demo's own; they stay synchronous.
import { FeatureCategory, trackFeature } from '@cloudcurio/feature-tracking'
import Database from 'better-sqlite3'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { REPOSITORY } from './repository.js'
import { userOf } from './users.js'
import { wordsOf } from './words.js'

/** @typedef {import('./repository.js').SourceFile} SourceFile */

const WORDS_TO_FIND = [
  'span',
  'record',
  'feature',
  'store',
  'exporter',
  'duration',
  'privacy',
  'worker',
  'schema',
  'python',
  'pseudonym',
  'sampler',
]
const SCHEMA = `
  CREATE TABLE file (id INTEGER PRIMARY KEY, path TEXT NOT NULL, bytes INTEGER NOT NULL);
  CREATE TABLE word (word TEXT NOT NULL, file INTEGER NOT NULL REFERENCES file, times INTEGER NOT NULL, PRIMARY KEY (word, file)) WITHOUT ROWID;
`

/** @param {readonly SourceFile[]} files */
export async function workOnDatabase(files) {
  const folder = mkdtempSync(join(tmpdir(), 'feature-tracking-demo-'))
  const db = new Database(join(folder, 'words.db'))
  try {
    db.exec(SCHEMA)
    return useIndex(db, files)
  } finally {
    db.close()
    rmSync(folder, { recursive: true })
  }
}

/** @param {Database.Database} db @param {readonly SourceFile[]} files */
function useIndex(db, files) {
  const addFile = trackFeature('index_file', FeatureCategory.DATABASE_OPERATION, {
    input: (/** @type {SourceFile} */ file) => file.bytes,
  })(adder(db))
  for (const file of files) if (file.isText) addFile(file)

  const query = trackFeature('word_query', FeatureCategory.DATABASE_OPERATION, {
    userId: (/** @type {string} */ _sql, /** @type {unknown[]} */ _values, /** @type {string} */ user) => user,
    metadata: (/** @type {string} */ sql) => ({ sql }), // the text with its `?`, not the values
    iterations: (/** @type {unknown[]} */ rows) => rows.length,
  })((/** @type {string} */ sql, /** @type {unknown[]} */ values, /** @type {string} */ _user) =>
    db.prepare(sql).all(...values),
  )

  const found = [0, 1, 2].flatMap((round) =>
    WORDS_TO_FIND.map((word, index) => query(FILES_OF_WORD, [word], userOf(index + round)).length),
  )
  const top = /** @type {{ word: string }[]} */ (query(TOP_WORDS, [5], userOf(0)))
  try {
    query('SELECT * FROM no_such_table', [], userOf(1))
  } catch {
    // The record says `failed`, with SQLite's own words.
  }
  const hits = found.reduce((sum, rows) => sum + rows, 0)
  return `${found.length} searches gave ${hits} rows; most frequent words: ${top.map(({ word }) => word).join(', ')}`
}

const FILES_OF_WORD = 'SELECT path, times FROM word JOIN file ON file.id = word.file WHERE word = ? ORDER BY times DESC'
const TOP_WORDS =
  'SELECT word, sum(times) AS times FROM word WHERE length(word) > 4 GROUP BY word ORDER BY times DESC LIMIT ?'

/** @param {Database.Database} db */
function adder(db) {
  const insertFile = db.prepare('INSERT INTO file (path, bytes) VALUES (?, ?)')
  const insertWord = db.prepare('INSERT INTO word VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET times = times + 1')
  return db.transaction((/** @type {SourceFile} */ { path, bytes }) => {
    const { lastInsertRowid } = insertFile.run(relative(REPOSITORY, path), bytes)
    let words = 0
    for (const word of wordsOf(readFileSync(path, 'utf8'))) {
      insertWord.run(word, lastInsertRowid)
      words++
    }
    return words
  })
}

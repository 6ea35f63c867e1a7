// @ts-check
// FILE_OPERATION: async functions, and a function that returns a stream.
import { FeatureCategory, activeFeature, trackFeature } from '@cloudcurio/feature-tracking'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { inParallel } from './in-parallel.js'
import { REPOSITORY } from './repository.js'
import { userOf } from './users.js'

/** @typedef {import('./repository.js').SourceFile} SourceFile */

const userId = (/** @type {string} */ _path, /** @type {string} */ user) => user

// A stream's call lasts until it has been read; its chunks are the record's rounds, their bytes the output size.
const readFile = trackFeature('read_file', FeatureCategory.FILE_OPERATION, { userId })(
  (/** @type {string} */ path, /** @type {string} */ _user) => createReadStream(path),
)

const hashFile = trackFeature('hash_file', FeatureCategory.FILE_OPERATION, { userId })(async (
  /** @type {string} */ path,
  /** @type {string} */ user,
) => {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of readFile(path, user)) {
    hash.update(chunk)
    bytes += chunk.length
  }
  activeFeature()?.setSizes({ input: bytes }) // what was worked on, rather than the length of its path
  return hash.digest('hex')
})

const gzipFile = trackFeature('gzip_file', FeatureCategory.FILE_OPERATION, { userId })(async (
  /** @type {string} */ path,
  /** @type {string} */ user,
) => {
  const feature = activeFeature()
  const gzip = createGzip({ level: 9 })
  let compressed = 0
  const counter = new Writable({
    write(/** @type {Buffer} */ chunk, _encoding, done) {
      compressed += chunk.length
      done()
    },
  })
  await pipeline(readFile(path, user), gzip, counter)
  feature?.setSizes({ input: gzip.bytesWritten, output: compressed })
  feature?.setMetadata({ ratio: Number((gzip.bytesWritten / compressed).toFixed(2)) })
  return compressed
})

/** @param {readonly SourceFile[]} files */
export async function workOnFiles(files) {
  const missing = { path: join(REPOSITORY, 'no-such-file.txt'), bytes: 0, isText: false }
  const hashes = await inParallel([...files, missing], 8, ({ path }, index) => hashFile(path, userOf(index)))
  const compressed = await inParallel(files, 8, ({ path }, index) => gzipFile(path, userOf(index, 4)))
  const different = new Set(hashes.filter((hash) => typeof hash === 'string')).size
  const sum = compressed.reduce((/** @type {number} */ total, size) => total + (typeof size === 'number' ? size : 0), 0)
  const bytes = files.reduce((total, file) => total + file.bytes, 0)
  return `${files.length} files hashed (${different} different) and compressed from ${kilobytes(bytes)} to ${kilobytes(sum)}`
}

/** @param {number} bytes */
function kilobytes(bytes) {
  return `${Math.round(bytes / 1000)} kB`
}

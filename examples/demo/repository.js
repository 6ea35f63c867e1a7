// @ts-check
// The demo's input: the files of this repository. They are found by walking, so that it works without git.
import { readdir, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))

const NOT_OURS = new Set(['node_modules', 'dist', 'coverage', '.git', '.demo'])
const TEXT = new Set(['.ts', '.js', '.json', '.md', '.html', '.css', '.sql', '.yml', '.yaml', '.toml', '.txt'])
const MAX_BYTES = 1_000_000
const MAX_FILES = 150

/** @typedef {{ path: string, bytes: number, isText: boolean }} SourceFile */

/** @returns {Promise<SourceFile[]>} */
export async function sourceFiles() {
  const files = await walk(REPOSITORY)
  return files.filter(({ bytes }) => bytes > 0 && bytes <= MAX_BYTES).slice(0, MAX_FILES)
}

/** @param {string} folder @returns {Promise<SourceFile[]>} */
async function walk(folder) {
  const entries = await readdir(folder, { withFileTypes: true })
  const ours = entries.filter(({ name }) => !NOT_OURS.has(name)).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const found = await Promise.all(
    ours.map(async (entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return walk(path)
      return entry.isFile() ? [{ path, bytes: (await stat(path)).size, isText: TEXT.has(extname(path)) }] : []
    }),
  )
  return found.flat()
}

import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cacheFolder } from './root.js'

const exec = promisify(execFile)

/** What a child answers is the last line that it prints, as JSON. */
export async function runChild<T>(program: URL, params: object, env: NodeJS.ProcessEnv = {}): Promise<T> {
  const { stdout } = await exec(process.execPath, ['--expose-gc', program.pathname, JSON.stringify(params)], {
    env: { ...process.env, ...env },
    maxBuffer: 64 * 1024 * 1024,
  })
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) as string) as T
}

/** What the parent asks of a child's program. */
export function childParams(): unknown {
  return JSON.parse(process.argv[2] as string)
}

/** Beside the generated tables, so that copies of them stay on one disk; removed when the work is done. */
export async function inTempFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(cacheFolder('tmp'), 'run-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ensureKey, keyPath, readKey } from '../../src/config/index.js'
import { nodeJson } from '../support/child.js'
import { tempDatabase, tempFolder } from '../support/temp.js'

describe('the key of an installation', () => {
  it('is not there before it is needed', () => {
    const dbPath = tempDatabase()
    expect(readKey(dbPath)).toBeUndefined()
    expect(readdirSync(dirname(dbPath))).toEqual([])
  })

  it('is 32 random bytes next to the database, the same from then on, and nothing else is left there', () => {
    const dbPath = tempDatabase()
    const key = ensureKey(dbPath)
    expect(key).toHaveLength(32)
    expect(ensureKey(dbPath)).toEqual(key)
    expect(readKey(dbPath)).toEqual(key)
    expect(readdirSync(dirname(dbPath))).toEqual(['usage.db.key'])
    expect(readFileSync(keyPath(dbPath), 'utf8')).toBe(`${Buffer.from(key).toString('hex')}\n`)
    expect(ensureKey(tempDatabase())).not.toEqual(key)
  })

  it('is a file of mode 0600 in a folder of mode 0700 under umask 000', async () => {
    const dbPath = `${tempFolder()}/new/deep/usage.db`
    await nodeJson(
      `import { ensureKey } from './dist/src/config/index.js'
      process.umask(0)
      console.log(ensureKey(process.argv[1]).length)`,
      { args: [dbPath] },
    )
    expect(modeOf(keyPath(dbPath))).toBe('600')
    expect(modeOf(dirname(dbPath))).toBe('700')
    expect(modeOf(dirname(dirname(dbPath)))).toBe('700')
  })

  it('is one key for eight processes that make it at once', async () => {
    const dbPath = `${tempFolder()}/new/usage.db`
    // They start together: each waits for the same moment after all of them are there.
    const start = Date.now() + 1000
    const program = `import { ensureKey } from './dist/src/config/index.js'
      const [, dbPath, start] = process.argv
      while (Date.now() < Number(start));
      console.log(JSON.stringify(Buffer.from(ensureKey(dbPath)).toString('hex')))`
    const keys = await Promise.all(
      Array.from({ length: 8 }, () => nodeJson<string>(program, { args: [dbPath, String(start)] })),
    )
    expect(new Set(keys)).toEqual(new Set([Buffer.from(readKey(dbPath) as Uint8Array).toString('hex')]))
    expect(readdirSync(dirname(dbPath))).toEqual(['usage.db.key'])
  })

  it.each(['', 'no key', 'ab'.repeat(31), 'ab'.repeat(33), 'zz'.repeat(32), `${'ab'.repeat(32)} and more`])(
    'is refused with its path, and left as it is, where the file holds %j',
    (text) => {
      const dbPath = tempDatabase()
      writeFileSync(keyPath(dbPath), text)
      for (const act of [ensureKey, readKey]) expect(() => act(dbPath)).toThrow(keyPath(dbPath))
      expect(() => ensureKey(dbPath)).toThrow(/put the original file back, or remove it/)
      expect(readFileSync(keyPath(dbPath), 'utf8')).toBe(text)
    },
  )
})

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8)
}

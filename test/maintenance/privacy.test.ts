import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { beginKeyRotation, keyPath, readKey } from '../../src/config/index.js'
import { auditPrivacy, rotateKey } from '../../src/maintenance/index.js'
import { FeatureTrackerDB } from '../../src/store/index.js'
import { FeatureTracker } from '../../src/tracker/index.js'
import { record } from '../support/records.js'
import { tempDatabase, tempFolder } from '../support/temp.js'

async function stored(...records: Parameters<typeof record>[0][]): Promise<string> {
  const path = tempDatabase()
  const db = new FeatureTrackerDB(path)
  await db.insertRecords(records.map((given) => record(given)))
  await db.close()
  return path
}

describe('privacy audit', () => {
  it('lists keys with count and a masked example', async () => {
    const dbPath = await stored(
      { metadata: { model: 'small-model', user: { email: 'x' }, n: 5 } },
      { metadata: { model: 'other' }, userId: 'a'.repeat(64) },
      { userId: 'ada' },
    )
    const { rows, keys, users, suspicions } = await auditPrivacy({ dbPath })
    expect(rows).toBe(3)
    expect(keys).toEqual([
      { key: 'model', count: 2, example: 's…l (11)', namesUser: false },
      { key: 'n', count: 1, example: '5', namesUser: false },
      { key: 'user', count: 1, example: '{1}', namesUser: true },
      { key: 'user.email', count: 1, example: '* (1)', namesUser: true },
    ])
    expect(users).toEqual({ pseudonyms: 1, clear: 1, none: 1 })
    expect(suspicions).toEqual([])
  })

  it.each([
    ['e-mail address', 'mail to ada.lovelace@example.co.uk failed'],
    ['key', 'sk-proj-abcdefghijklmnop1234'],
    ['key', 'AKIAIOSFODNN7EXAMPLE'],
    ['token', 'Authorization: Bearer abcdefghijklmnopqrst'],
    ['token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdef123456'],
    ['token', 'password=hunter22'],
    ['private key', '-----BEGIN RSA PRIVATE KEY-----'],
    ['password in an address', 'postgres://ada:secret@db/x'],
    ['IP address', 'from 192.168.17.4 refused'],
    ['IP address', '2001:db8:85a3:8d3:1319:8a2e:370:7348'],
    ['phone number', 'call +49 30 1234567'],
    ['card number', '4111 1111 1111 1111'],
    ['home folder', 'ENOENT /home/ada/notes.txt'],
  ])('finds a %s in %s, and does not show it', async (kind, text) => {
    const dbPath = await stored({ errorMessage: text }, { metadata: { deep: [{ text }] } }, { featureName: text })
    const { suspicions } = await auditPrivacy({ dbPath })
    expect(suspicions.map((found) => [found.kind, found.place])).toEqual([
      [kind, 'error_message'],
      [kind, 'feature_name'],
      [kind, 'metadata.deep[].text'],
    ])
    expect(JSON.stringify(suspicions)).not.toContain(text.slice(3, -3))
  })

  it.each([
    'version 1.2.3.4.5',
    '127.0.0.1:80',
    '2026-11-24T14:55:00',
    '019a0000-0000-7000-8000-000000000000',
    'took 1234567890123 ns',
    'a@b',
  ])('passes over %s', async (text) => {
    expect((await auditPrivacy({ dbPath: await stored({ errorMessage: text, sessionId: text }) })).suspicions).toEqual(
      [],
    )
  })
})

describe('rotate-key', () => {
  it('makes a new key of mode 0600, and gives listed users their new pseudonyms', async () => {
    const dbPath = tempDatabase()
    const tracker = new FeatureTracker({ dbPath })
    onTestFinished(() => tracker.shutdown())
    for (const userId of ['ada-l', 'grace-h'])
      tracker.trackFeature({ featureName: 'f', userId, metadata: { email: userId } })(() => 1)()
    await tracker.flush()
    const old = readKey(dbPath)
    const idsFile = join(tempFolder(), 'ids.txt')
    writeFileSync(idsFile, 'ada-l\nnobody\n')
    expect(await rotateKey({ dbPath, idsFile })).toEqual({ ids: 2, rows: 1, mentions: 1, resumed: false })
    expect(readKey(dbPath)).not.toEqual(old)
    expect(statSync(keyPath(dbPath)).mode & 0o777).toBe(0o600)
    expect(existsSync(`${keyPath(dbPath)}.next`)).toBe(false)
    const [found, ...others] = await tracker.getAllRecords({ userId: 'ada-l' })
    expect(others).toEqual([])
    expect(found?.metadata).toEqual({ email: found?.userId })
    expect(await tracker.getAllRecords({ userId: 'grace-h' })).toEqual([])
    expect(await tracker.getUsageStats()).toMatchObject({ totalCalls: 2, users: 2 })
  })

  it('goes on with the same new key after it was interrupted, and keeps the old one in force until then', async () => {
    const dbPath = await stored({ userId: 'x' })
    const before = await rotateKey({ dbPath })
    expect(before).toMatchObject({ resumed: false })
    const old = readKey(dbPath)
    const { newKey } = beginKeyRotation(dbPath)
    expect(readKey(dbPath)).toEqual(old)
    expect(await rotateKey({ dbPath })).toMatchObject({ resumed: true })
    expect(readKey(dbPath)).toEqual(newKey)
  })

  it('is noticed by a process that runs', async () => {
    const dbPath = tempDatabase()
    const tracker = new FeatureTracker({ dbPath })
    onTestFinished(() => tracker.shutdown())
    const call = tracker.trackFeature({ featureName: 'f', userId: 'ada-l' })(() => 1)
    call()
    await tracker.flush()
    await rotateKey({ dbPath })
    await expect
      .poll(
        async () => {
          call()
          await tracker.flush()
          return (await tracker.getAllRecords({ userId: 'ada-l' })).length
        },
        { timeout: 10_000, interval: 200 },
      )
      .toBeGreaterThan(0)
  })
})

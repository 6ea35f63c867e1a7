import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { backup, doctor, type Finding, restore } from '../../src/maintenance/index.js'
import { copyOfOriginal } from '../support/original.js'
import { tempDatabase } from '../support/temp.js'
import { change, someRecords, store } from './support.js'

function filled(): string {
  const dbPath = tempDatabase()
  store(dbPath, someRecords(2000))
  return dbPath
}

async function findings(dbPath: string, environment: NodeJS.ProcessEnv = {}): Promise<readonly Finding[]> {
  return (await doctor({ dbPath, environment })).findings
}

const levels = (found: readonly Finding[], check: string) =>
  found.filter((one) => one.check === check).map(({ level }) => level)

describe('doctor', () => {
  it('finds nothing wrong with a file of ours, and looks at everything', async () => {
    const { isHealthy, findings: found, settings } = await doctor({ dbPath: filled(), environment: {}, full: true })
    expect(found.filter(({ level }) => level === 'warning' || level === 'problem')).toEqual([])
    expect(isHealthy).toBe(true)
    expect(new Set(found.map(({ check }) => check))).toEqual(
      new Set(
        'file permissions key disk log schema integrity space statistics spool|dropped records'.split(
          /[ |](?!records)/,
        ),
      ),
    )
    expect(settings[0]).toMatchObject({ origin: 'argument' })
    expect(settings[1]).toMatchObject({ origin: 'default', value: true })
  })

  it('has a remedy for every warning and problem, and looks on when a check fails', async () => {
    const dbPath = filled()
    chmodSync(dbPath, 0o644)
    writeFileSync(`${dbPath}.key`, 'no key')
    writeFileSync(`${dbPath}.corrupt-2026`, '')
    writeFileSync(`${dbPath}.spool-0.0.00000000.00`, 'x')
    const environment = { FEATURE_TRACKING_MIN_DURATION: 'short', FEATURE_TRACKING_ENABLED: 'false' }
    const diagnosis = await doctor({
      dbPath,
      environment,
      checks: [
        {
          check: 'host',
          look: () => {
            throw new Error('no host')
          },
        },
      ],
    })
    const found = diagnosis.findings
    expect(diagnosis.isHealthy).toBe(false)
    expect(levels(found, 'permissions')).toEqual(['warning', 'warning'])
    expect(levels(found, 'configuration')).toEqual(['warning', 'note'])
    expect(levels(found, 'key')).toEqual(['problem'])
    expect(levels(found, 'spool')).toEqual(['warning'])
    expect(levels(found, 'set aside')).toEqual(['warning'])
    expect(levels(found, 'host')).toEqual(['problem'])
    for (const { level, remedy, message } of found)
      if (level === 'warning' || level === 'problem') expect(remedy, message).toBeTruthy()
  })

  it.each([
    ['the original', () => copyOfOriginal(), 'schema', 'warning'],
    [
      'a newer file',
      () => {
        const path = filled()
        change(path, "INSERT INTO feature_tracking_schema VALUES (99, 'x', 'now')")
        return path
      },
      'database',
      'problem',
    ],
    [
      'text',
      () => {
        const path = tempDatabase()
        writeFileSync(path, 'Dear diary')
        return path
      },
      'database',
      'problem',
    ],
    [
      'a damaged file',
      () => {
        const path = filled()
        change(path, 'PRAGMA wal_checkpoint(TRUNCATE)')
        const bytes = readFileSync(path)
        bytes.fill(0xff, bytes.length / 2, bytes.length / 2 + 40_000)
        writeFileSync(path, bytes)
        return path
      },
      'integrity',
      'problem',
    ],
    [
      'a folder',
      () => {
        const path = tempDatabase()
        mkdirSync(path)
        return path
      },
      'file',
      'problem',
    ],
    ['nothing', () => tempDatabase(), 'file', 'note'],
  ])('knows %s', async (_what, make, check, level) => {
    expect(levels(await findings(make()), check)).toContain(level)
  })

  it('tells what a restore left', async () => {
    const dbPath = filled()
    await restore({ dbPath, from: (await backup({ dbPath })).path })
    expect(levels(await findings(dbPath), 'set aside')).toEqual(['note'])
    expect(dirname(dbPath)).toBeTruthy()
  })
})

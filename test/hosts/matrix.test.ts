import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../support/child.js'
import { tempDatabase } from '../support/temp.js'
import { checkHost } from './check.js'
import { HOST_ROWS, type Outcome, type Place } from './matrix.js'

const HERE: Place = { node: process.execPath, folder: join(ROOT, 'test/hosts/application') }

describe('the same application, from ES modules and from CommonJS, has the same rows, and its host the same spans', () => {
  const outcomes = new Map<string, Outcome>()

  it.each(HOST_ROWS)('in $name', async (row) => {
    outcomes.set(row.name, await checkHost(HERE, row, tempDatabase))
  })

  it('whatever the host is', () => {
    const rows = [...outcomes.values()].map((outcome) => outcome.rows)
    expect(rows.length).toBeGreaterThanOrEqual(5)
    for (const each of rows) expect(each).toEqual(rows[0])
  })

  it('keeps names that could reach a prototype as they are (R24)', () => {
    const [{ rows }] = [...outcomes.values()] as [Outcome]
    const parsed = rows.map((row) => JSON.parse(row) as { featureName: string; metadata: string })
    expect(parsed.some(({ featureName }) => featureName === '__proto__')).toBe(true)
    const block = parsed.find(({ featureName }) => featureName === 'block')
    expect(block?.metadata).toContain('{"__proto__":1,"constructor.prototype.x":2,"constructor":3,')
  })
})

import { expect } from 'vitest'
import { type HostRow, MODULE_SYSTEMS, type Outcome, type Place, runHost } from './matrix.js'

/** What an application without an SDK exports. */
const NOTHING: Pick<Outcome, 'theirs'> = { theirs: [] }

/** Hosts that sample all but what an unsampled caller asks for and what is suppressed. */
const SAMPLING = new Set(['cooperating', 'guest-1'])

/** Runs the application in a host, from both module systems, with and without the library, and compares. */
export async function checkHost(place: Place, row: HostRow, dbPath: () => string): Promise<Outcome> {
  const [plain, first, second] = await Promise.all([
    row.host === 'none' ? NOTHING : runHost(place, row, 'mjs', 'plain', dbPath()),
    ...MODULE_SYSTEMS.map((system) => runHost(place, row, system, 'tracked', dbPath())),
  ])
  for (const outcome of [first, second] as [Outcome, Outcome]) {
    expect(outcome.rows).toHaveLength(13)
    expect(outcome.health).toEqual({})
    // What the host exports is what it would export without us, and our features where it samples.
    expect(outcome.theirs).toEqual(plain.theirs)
    expect(outcome.features).toHaveLength(SAMPLING.has(row.host) ? 11 : 0)
    expect(new Set(outcome.ids.map(String)).size).toBe(13)
    for (const feature of outcome.features) expect(outcome.ids).toContainEqual(feature)
  }
  expect(second?.rows).toEqual(first?.rows)
  return first as Outcome
}

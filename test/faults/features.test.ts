import { describe, expect, it } from 'vitest'
import { nodeJson } from '../support/child.js'
import { tempDatabase } from '../support/temp.js'

/** Set FEATURES to a smaller number on a slow machine. */
const FEATURES = Number(process.env['FEATURES'] ?? 1_000_000)

/** Names after which memory is measured for the first time: all code has run, and every cache is at work. */
const WARM_UP = 20_000

/** Bars of R19: megabytes of resident memory, and milliseconds of a question. */
const MAX_GROWTH = 64
const MAX_P95 = 500

const PROGRAM = `
  import { FeatureTracker } from '@cloudcurio/feature-tracking'
  const [dbPath, features] = [process.argv[1], Number(process.argv[2])]
  const tracker = new FeatureTracker({ dbPath })
  const rss = () => process.memoryUsage.rss() / 1e6
  let warm
  for (let n = 0; n < features; n++) {
    tracker.trackFeature('a feature with a name ' + n, 'other', { userId: 'user ' + (n % 1000) })(() => n)()
    if (n % 2000 === 1999) await tracker.flush()
    if (n === ${WARM_UP}) warm = rss()
  }
  await tracker.flush()
  const growth = rss() - warm
  const since = Date.now() - 5 * 60_000
  const questions = {
    stats: () => tracker.getUsageStats(),
    feature: (n) => tracker.getFeatureStats('a feature with a name ' + n * 7),
    top: () => tracker.getTopFeatures(10),
    topSince: () => tracker.getTopFeatures({ since, limit: 10 }),
    records: () => tracker.getAllRecords({ limit: 100 }),
  }
  const p95 = {}
  const sizes = {}
  for (const [name, ask] of Object.entries(questions)) {
    const times = []
    for (let n = 0; n < 20; n++) {
      const start = performance.now()
      const answer = await ask(n)
      times.push(performance.now() - start)
      sizes[name] = answer.length ?? answer.totalCalls
    }
    p95[name] = times.sort((a, b) => a - b)[18]
  }
  const afterwards = rss() - warm
  const { events } = tracker.health()
  await tracker.shutdown()
  console.log(JSON.stringify({ growth, afterwards, p95, sizes, events }))`

interface Measured {
  /** Megabytes of resident memory more than after the warm-up: when all is stored, and when all is asked. */
  growth: number
  afterwards: number
  /** Milliseconds. */
  p95: Record<string, number>
  sizes: Record<string, number>
  events: object
}

describe('R19: many distinct feature names', () => {
  it(`${FEATURES}: memory stays bounded, and questions are answered`, async () => {
    const { growth, afterwards, p95, sizes, events } = await nodeJson<Measured>(PROGRAM, {
      args: [tempDatabase(), String(FEATURES)],
    })
    const times = Object.entries(p95).map(([name, millis]) => `${name} ${millis.toFixed(1)} ms`)
    console.log(
      `R19: ${FEATURES} names, RSS + ${growth.toFixed(0)} MB, after questions + ${afterwards.toFixed(0)} MB, p95: ${times.join(', ')}`,
    )
    expect(events).toEqual({})
    expect(sizes).toEqual({ stats: FEATURES, feature: 1, top: 10, topSince: 10, records: 100 })
    expect(growth).toBeLessThanOrEqual(MAX_GROWTH)
    for (const [name, millis] of Object.entries(p95)) expect(millis, name).toBeLessThanOrEqual(MAX_P95)
  })
})

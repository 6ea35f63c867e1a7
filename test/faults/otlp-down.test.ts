import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { nodeJson } from '../support/child.js'
import { sql } from '../support/original.js'
import { ok, otlpReceiver } from '../support/otlp-receiver.js'
import { tempDatabase } from '../support/temp.js'

const CALLS = 100_000
const ROUNDS = 3

interface Figures {
  /** Microseconds of a call: the median, and the mean of all. */
  readonly median: number
  readonly mean: number
  readonly events: Readonly<Record<string, number>>
}

/** Calls in groups with a turn of the event loop between them, as a busy server makes them. */
const PROGRAM = `
  import { FeatureTracker } from '@cloudcurio/feature-tracking'
  const tracker = new FeatureTracker({ flushInterval: 100 })
  const call = tracker.trackFeature('call')((n) => n + 1)
  const groups = []
  for (let group = 0; group < ${CALLS / 100}; group++) {
    const start = performance.now()
    for (let n = 0; n < 100; n++) call(n)
    groups.push((performance.now() - start) * 10)
    await new Promise(setImmediate)
    if (group % 10 === 9) await new Promise((resolve) => setTimeout(resolve, 2))
  }
  await tracker.flush()
  const sorted = groups.toSorted((a, b) => a - b)
  console.log(JSON.stringify({
    median: sorted[sorted.length / 2],
    mean: groups.reduce((sum, value) => sum + value, 0) / groups.length,
    events: tracker.health().events,
  }))`

async function measure(endpoint: string): Promise<Figures> {
  const dbPath = tempDatabase()
  const figures = await nodeJson<Figures>(PROGRAM, {
    env: {
      FEATURE_TRACKING_DB_PATH: dbPath,
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_TIMEOUT: '1000',
      OTEL_BSP_MAX_QUEUE_SIZE: '2048',
    },
  })
  expect(sql(dbPath, 'SELECT count(*) AS n FROM feature_usage')).toEqual([{ n: CALLS }])
  const { otlp_failed: _failed, otlp_dropped: _dropped, ...other } = figures.events
  expect(other).toEqual({})
  return figures
}

/** Takes connections, as many as come, and never reads from one. */
async function hanging(): Promise<string> {
  const server = createServer((socket) => socket.on('error', () => {}).pause())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const least = (figures: readonly Figures[], field: 'median' | 'mean'): number =>
  Math.min(...figures.map((one) => one[field]))

describe('R21: a receiver of OTLP that is down or hangs for the whole time', () => {
  it('costs no record, and calls take as long as with one that answers', async () => {
    const answering = (await otlpReceiver(ok)).endpoint
    const places = { answering, down: 'http://127.0.0.1:1', hanging: await hanging() }
    const figures = { answering: [] as Figures[], down: [] as Figures[], hanging: [] as Figures[] }
    for (let round = 0; round < ROUNDS; round++)
      for (const place of ['answering', 'down', 'hanging'] as const) figures[place].push(await measure(places[place]))

    for (const place of ['down', 'hanging'] as const) {
      const ratio = (field: 'median' | 'mean') => least(figures[place], field) / least(figures.answering, field)
      const events = JSON.stringify(figures[place].at(-1)?.events)
      console.log(
        `R21: ${place}: ${CALLS} of ${CALLS} rows stored, call ${ratio('median').toFixed(2)} × (median) and ` +
          `${ratio('mean').toFixed(2)} × (mean) of that with a receiver that answers; ${events}`,
      )
      const counted = Object.values(figures[place].at(-1)?.events ?? {}).reduce((sum, count) => sum + count, 0)
      expect(counted).toBeGreaterThan(0)
    }
  })
})

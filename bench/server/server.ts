import { join } from 'node:path'
import { startServer } from '@cloudcurio/feature-tracking/server'
import { FeatureTrackerDB } from '@cloudcurio/feature-tracking/store'
import { inTempFolder } from '../child.js'
import { preparedCopy } from '../data/file.js'
import { percentile } from '../measure.js'
import type { Options } from '../options.js'
import { atMost, type Result } from '../result.js'
import { liveCost } from './live.js'

const RUNS = 100

/** Requests before, which are told apart: the processes that read begin with code that is not compiled yet. */
const WARM_UP = 40

/** The requests of each view of the dashboard over a large table, and what live streams cost a writer. */
export async function benchServer(options: Options, rows: number): Promise<Result[]> {
  return inTempFolder(async (folder) => {
    const { path } = await preparedCopy(rows, join(folder, 'server.db'))
    const server = await startServer({ dbPath: path, port: 0 })
    const results: Result[] = []
    for (const [name, request] of await requestsOf(path)) {
      const first: number[] = []
      const times: number[] = []
      for (let run = 0; run < RUNS + WARM_UP; run++) {
        const begin = performance.now()
        const response = await fetch(server.url + request)
        await response.arrayBuffer()
        if (response.status !== 200) throw new Error(`${request}: ${response.status}`)
        ;(run < WARM_UP ? first : times).push(performance.now() - begin)
      }
      results.push({
        name,
        value: percentile(times, 0.95),
        unit: 'ms',
        goals: [atMost(25, 'value')],
        grows: true,
        note: `p95; of the first ${WARM_UP} ${percentile(first, 0.95).toFixed(1)} ms`,
      })
    }
    await server.close()
    results.push(await liveCost(path, options.records))
    return results
  })
}

/** Times are those of the rows: they end with the last one. */
async function requestsOf(path: string): Promise<[name: string, request: string][]> {
  const store = new FeatureTrackerDB(path)
  const [{ lastCall }, [top]] = await Promise.all([store.getUsageStats(), store.getTopFeatures({ limit: 1 })])
  const [latest] = await store.getRecords({ limit: 1 })
  await store.close()
  const end = Date.parse(lastCall ?? '')
  const since = (days: number) =>
    `since=${new Date(end - days * 86_400_000).toISOString()}&until=${new Date(end + 3_600_000).toISOString()}`
  const feature = encodeURIComponent(top?.featureName ?? '')
  return [
    ['stats, all time', 'api/stats'],
    ['stats, a day', `api/stats?${since(1)}`],
    ['stats, a month', `api/stats?${since(30)}`],
    ['chart-data, a month', `api/chart-data?${since(30)}`],
    ['series, a month, Berlin', `api/series?${since(30)}&tz=Europe/Berlin`],
    ['features with sparklines, a month', `api/features?limit=10&sparkline=true&${since(30)}`],
    ['recent calls', 'api/recent-calls?limit=20'],
    ['a feature, all time', `api/feature/${feature}`],
    ['a feature, a week', `api/feature/${feature}?${since(7)}`],
    ['records', 'api/records?limit=100'],
    ['records, failed of a feature', `api/records?limit=100&feature=${feature}&status=failed`],
    ['records, slowest', 'api/records?limit=100&sort=slowest'],
    ['a record', `api/records/${latest?.recordId ?? ''}`],
    ['a widget, by category and day', `api/query?measure=p95_duration&group_by=category&bucket=day&${since(30)}`],
    ['health', 'api/health'],
  ]
}

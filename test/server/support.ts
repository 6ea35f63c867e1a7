import { copyFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { FeatureUsageRecord, RecordDraft } from '../../src/record/index.js'
import { type AppOptions, createApp } from '../../src/server/index.js'
import { FeatureTrackerDB, openReader, SqliteWriter } from '../../src/store/index.js'
import { tempDatabase } from '../support/temp.js'

/** A copy of the file that the Python original wrote: 160 calls of 24 and 25 November 2026. */
export function originalFile(): string {
  const path = tempDatabase()
  copyFileSync(fileURLToPath(new URL('../fixtures/python-original.db', import.meta.url)), path)
  return path
}

export interface Api {
  readonly path: string
  get(path: string, headers?: Record<string, string>): Promise<Response>
  json<T>(path: string): Promise<T>
  send(method: string, path: string, body: unknown, headers?: Record<string, string>): Promise<Response>
}

/** The application over a file, asked without a port. */
export function api(path: string, options: AppOptions = {}): Api {
  const store = openReader(path)
  onTestFinished(() => store.close())
  const app = createApp(store, { dbPath: path, ...options })
  const get = (url: string, headers: Record<string, string> = {}) =>
    app.fetch(new Request(`http://localhost:8081${url}`, { headers }))
  return {
    path,
    get,
    json: async <T>(url: string) => {
      const response = await get(url)
      const text = await response.text()
      if (response.status !== 200) throw new Error(`${url}: ${response.status} ${text}`)
      return JSON.parse(text) as T
    },
    send: (method, url, body, headers = {}) =>
      app.fetch(
        new Request(`http://localhost:8081${url}`, {
          method,
          headers: { 'content-type': 'application/json', ...headers },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }),
      ),
  }
}

/** A new file with some records. */
export async function fileWith(records: readonly FeatureUsageRecord[]): Promise<string> {
  const path = tempDatabase()
  const db = new FeatureTrackerDB(path)
  await db.migrate()
  await db.insertRecords(records)
  await db.close()
  return path
}

/** Adds drafts, which have links, as tracking does. */
export async function addDrafts(path: string, drafts: readonly RecordDraft[]): Promise<void> {
  const writer = new SqliteWriter(path)
  for (const draft of drafts) writer.add(draft)
  await writer.flush()
  await writer.close()
}

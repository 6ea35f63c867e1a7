import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readRecordedSpans, type RecordedSpan } from '../../../src/span/index.js'
import { ROOT } from '../../support/child.js'

const FOLDER = join(ROOT, 'test/fixtures/spans')

/** What was recorded from real instrumentation; test/fixtures/spans/README.md says how. */
export const RECORDINGS: readonly string[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.jsonl'))
  .map((name) => name.replace('.jsonl', ''))

export function recordedText(name: string): string {
  return readFileSync(join(FOLDER, `${name}.jsonl`), 'utf8')
}

export function recording(name: string): RecordedSpan[] {
  return readRecordedSpans(recordedText(name))
}

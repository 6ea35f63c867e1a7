import type { CallRecord, Category, Status } from '../../../src/server/contract.js'

/** The moment that the fake server's data ends at, and that pages under test are told it is. */
export const NOW = Date.parse('2026-11-24T15:30:00Z')

interface Kind {
  readonly name: string
  readonly category: Category
  readonly calls: number
  /** Seconds, typically. */
  readonly duration: number
  /** Share of calls that do not succeed. */
  readonly failing: number
}

const KINDS: readonly Kind[] = [
  { name: 'chat_completion', category: 'ai_provider', calls: 620, duration: 1.8, failing: 0.06 },
  { name: 'search_documents', category: 'database_operation', calls: 410, duration: 0.045, failing: 0.01 },
  { name: 'open_file', category: 'file_operation', calls: 330, duration: 0.004, failing: 0.02 },
  { name: 'run_command', category: 'terminal_tool', calls: 190, duration: 0.6, failing: 0.12 },
  { name: 'render_page', category: 'web_interface', calls: 160, duration: 0.09, failing: 0 },
  { name: 'crew/plan & execute', category: 'agentic_platform', calls: 60, duration: 14, failing: 0.2 },
  { name: 'save_settings', category: 'config_editor', calls: 24, duration: 0.012, failing: 0 },
]

const ERRORS = ['rate limit reached: retry after 12 s', 'connection to 10.0.4.17 refused', 'timed out after 30 s']

/** Numbers from 0 to 1 that are the same in every run. */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

export const timeText = (at: number): string => new Date(at).toISOString().replace('Z', '000+00:00')

const hex = (random: () => number, digits: number): string =>
  Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('')

function statusOf(random: () => number, failing: number): Status {
  if (random() >= failing) return 'success'
  const kind = random()
  return kind < 0.6 ? 'failed' : kind < 0.8 ? 'timeout' : 'partial'
}

let made = 0

/** A record; what is not given is plain. */
export function aRecord(values: Partial<CallRecord> = {}): CallRecord {
  made++
  const start = values.start_time ?? timeText(Date.now())
  const duration = values.duration ?? 0.25
  return {
    record_id: `019ab000-0000-7000-8000-${made.toString(16).padStart(12, '0')}`,
    feature_name: 'a_feature',
    category: 'other',
    status: 'success',
    duration,
    start_time: start,
    end_time: timeText(Date.parse(start) + duration * 1000),
    input_size: 120,
    output_size: 900,
    metadata: {},
    user_id: null,
    session_id: 'session-1',
    error_message: null,
    efficiency_score: 0.9,
    iterations: 1,
    trace_id: null,
    span_id: null,
    parent_span_id: null,
    ...values,
  }
}

/** Calls of the last 48 hours, more by day than by night; each with a trace of its own. */
function plainCalls(random: () => number): CallRecord[] {
  return KINDS.flatMap((kind) =>
    Array.from({ length: kind.calls }, (): CallRecord => {
      let hours = random() * 48
      if (Math.cos(((hours - 1) / 12) * Math.PI) < random() * 1.6 - 0.8) hours = random() * 48
      const status = statusOf(random, kind.failing)
      const duration = kind.duration * Math.exp((random() + random() + random() - 1.5) * 1.6)
      return aRecord({
        feature_name: kind.name,
        category: kind.category,
        status,
        duration,
        start_time: timeText(NOW - 90_000 - Math.floor(hours * 3_600_000)),
        input_size: Math.floor(random() * 4000),
        output_size: Math.floor(random() * 20_000),
        iterations: 1 + Math.floor(random() * 3),
        efficiency_score: 0.4 + random() * 0.6,
        user_id: `user_${Math.floor(random() * random() * 23).toString(16)}`,
        session_id: `session-${Math.floor(random() * 40)}`,
        error_message: status === 'success' ? null : (ERRORS[Math.floor(random() * ERRORS.length)] as string),
        metadata: { model: 'small-4', retries: Math.floor(random() * 2), tags: ['a', 'b'] },
        trace_id: hex(random, 32),
        span_id: hex(random, 16),
      })
    }),
  )
}

export const TRACE_ID = 'c0ffee00c0ffee00c0ffee00c0ffee00'

interface Step {
  readonly name: string
  readonly depth: number
  /** Seconds after the trace begins. */
  readonly from: number
  readonly duration: number
  readonly status?: Status
}

const STEPS: readonly Step[] = [
  { name: 'answer_question', depth: 0, from: 0, duration: 4.2 },
  { name: 'search_documents', depth: 1, from: 0.05, duration: 0.4 },
  { name: 'open_file', depth: 2, from: 0.08, duration: 0.1 },
  { name: 'open_file', depth: 2, from: 0.2, duration: 0.22, status: 'partial' },
  { name: 'chat_completion', depth: 1, from: 0.5, duration: 1.6, status: 'timeout' },
  { name: 'chat_completion', depth: 1, from: 2.2, duration: 1.9 },
  { name: 'run_command', depth: 2, from: 2.4, duration: 0.3, status: 'failed' },
  { name: 'render_page', depth: 1, from: 4.12, duration: 0.07 },
]

function oneTrace(): CallRecord[] {
  const span = (index: number): string => `aa${index.toString(16).padStart(14, '0')}`
  return STEPS.map(({ name, depth, from, duration, status = 'success' }, index) => {
    const parent = STEPS.findLastIndex((step, at) => at < index && step.depth === depth - 1)
    return aRecord({
      feature_name: name,
      category: 'agentic_platform',
      status,
      duration,
      start_time: timeText(NOW - 60_000 + from * 1000),
      trace_id: TRACE_ID,
      span_id: span(index),
      parent_span_id: parent < 0 ? null : span(parent),
      user_id: 'user_1',
      metadata: { step: index, 'http.route': '/ask' },
      error_message: status === 'success' ? null : `the step ended ${status}`,
    })
  })
}

/** Latest first. */
export function demoRecords(): CallRecord[] {
  return [...plainCalls(randomFrom(7)), ...oneTrace()].toSorted((a, b) => (a.start_time < b.start_time ? 1 : -1))
}

import type { Category, GroupBy, Measure, Status, WidgetKind } from '../../server/contract.js'
import { compact, duration, percent, score } from './numbers.js'

/** The names of colours in the style sheets: `--success` and so on. */
export type Tone = 'accent' | 'second' | 'third' | 'fourth' | 'success' | 'failed' | 'partial' | 'timeout' | 'muted'

export const CATEGORIES: Readonly<Record<Category, string>> = {
  ai_provider: 'AI provider',
  mcp_server: 'MCP server',
  sysmon: 'System monitor',
  config_editor: 'Config editor',
  agentic_platform: 'Agent platform',
  web_interface: 'Web interface',
  terminal_tool: 'Terminal tool',
  file_operation: 'File operation',
  database_operation: 'Database operation',
  other: 'Other',
}

/** In the order in which they are stacked. */
export const STATUSES: Readonly<Record<Status, string>> = {
  success: 'Success',
  partial: 'Partial',
  failed: 'Failed',
  timeout: 'Timeout',
}

/** A category in words; one that this page does not know, as it is. */
export const categoryName = (category: string): string => CATEGORIES[category as Category] ?? category

export const statusName = (status: string): string => STATUSES[status as Status] ?? status

interface MeasureWords {
  readonly label: string
  readonly format: (value: number) => string
  /** Whether values of groups add up, so that they may be stacked. */
  readonly adds: boolean
}

export const MEASURES: Readonly<Record<Measure, MeasureWords>> = {
  total_calls: { label: 'Calls', format: compact, adds: true },
  success_count: { label: 'Successful calls', format: compact, adds: true },
  failure_count: { label: 'Failed calls', format: compact, adds: true },
  partial_count: { label: 'Partial calls', format: compact, adds: true },
  timeout_count: { label: 'Timed-out calls', format: compact, adds: true },
  success_rate: { label: 'Success rate', format: percent, adds: false },
  avg_duration: { label: 'Average duration', format: duration, adds: false },
  p50_duration: { label: 'Median duration', format: duration, adds: false },
  p95_duration: { label: 'p95 duration', format: duration, adds: false },
  p99_duration: { label: 'p99 duration', format: duration, adds: false },
  avg_efficiency: { label: 'Efficiency', format: score, adds: false },
  users: { label: 'Users', format: compact, adds: false },
}

export const GROUPS: Readonly<Record<GroupBy, string>> = {
  feature: 'Feature',
  category: 'Category',
  status: 'Status',
}

export const KINDS: Readonly<Record<WidgetKind, string>> = {
  number: 'Number',
  line: 'Line chart',
  area: 'Area chart',
  bar: 'Bar chart',
  table: 'Table',
}

/** What a group of a widget is called on the screen. */
export function groupName(label: string, groupBy: GroupBy | null, measure: Measure): string {
  if (groupBy === null || label === '') return MEASURES[measure].label
  if (groupBy === 'category') return categoryName(label)
  return groupBy === 'status' ? statusName(label) : label
}

import { show } from './show.js'

/** The ten categories of the documented schema; the values are what `feature_usage.category` stores. */
export const FeatureCategory = {
  AI_PROVIDER: 'ai_provider',
  MCP_SERVER: 'mcp_server',
  SYSMON: 'sysmon',
  CONFIG_EDITOR: 'config_editor',
  AGENT_PLATFORM: 'agentic_platform',
  WEB_INTERFACE: 'web_interface',
  TERMINAL_TOOL: 'terminal_tool',
  FILE_OPERATION: 'file_operation',
  DATABASE_OPERATION: 'database_operation',
  OTHER: 'other',
} as const

export type FeatureCategory = (typeof FeatureCategory)[keyof typeof FeatureCategory]

export const FEATURE_CATEGORIES: readonly FeatureCategory[] = Object.values(FeatureCategory)

const BY_TEXT = new Map<string, FeatureCategory>([
  ...FEATURE_CATEGORIES.map((category) => [category, category] as const),
  // The original's documentation says agent_platform, its code stores agentic_platform: both are read.
  ['agent_platform', FeatureCategory.AGENT_PLATFORM],
])

/** The category that a text names, or undefined. Case and surrounding blanks do not matter. */
export function parseCategory(text: unknown): FeatureCategory | undefined {
  if (typeof text !== 'string') return undefined
  return BY_TEXT.get(text) ?? BY_TEXT.get(text.trim().toLowerCase())
}

/** @throws TypeError that names the value and lists the ten categories. */
export function requireCategory(value: unknown): FeatureCategory {
  const category = parseCategory(value)
  if (category !== undefined) return category
  throw new TypeError(`unknown category ${show(value)}: use one of ${FEATURE_CATEGORIES.join(', ')}`)
}

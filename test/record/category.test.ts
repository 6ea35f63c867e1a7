import { describe, expect, it } from 'vitest'
import { FEATURE_CATEGORIES, FeatureCategory, parseCategory, requireCategory } from '../../src/record/index.js'

describe('categories', () => {
  it('are the ten that the documented schema stores', () => {
    expect(FeatureCategory).toEqual({
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
    })
    expect(FEATURE_CATEGORIES).toEqual(Object.values(FeatureCategory))
  })

  it.each(FEATURE_CATEGORIES)('reads %s in any case and with blanks around it', (category) => {
    expect(parseCategory(category)).toBe(category)
    expect(parseCategory(`  ${category.toUpperCase()}\n`)).toBe(category)
  })

  it.each(['agent_platform', 'AGENT_PLATFORM', ' agent_platform '])('reads %j as agentic_platform', (text) => {
    expect(parseCategory(text)).toBe(FeatureCategory.AGENT_PLATFORM)
  })

  it.each(['', 'nonsense', 'constructor', '__proto__', 7, null, undefined, {}])('knows no category %j', (value) => {
    expect(parseCategory(value)).toBeUndefined()
  })

  it('names the value and the ten categories where one is required', () => {
    expect(() => requireCategory('tools')).toThrow(TypeError)
    expect(() => requireCategory('tools')).toThrow(/"tools".*ai_provider.*agentic_platform.*other/)
    expect(() => requireCategory(undefined)).toThrow(/undefined/)
  })
})

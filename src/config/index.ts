export { CurrentKey } from './current-key.js'
export { excludeMatcher, matchesPattern } from './exclude.js'
export {
  adoptKey,
  beginKeyRotation,
  ensureKey,
  ensurePrivateFolder,
  type KeyRotation,
  keyPath,
  readKey,
} from './key-file.js'
export {
  explainSettings,
  type ResolvedSetting,
  resolveOne,
  resolveSettings,
  type SettingOptions,
  type SettingOrigin,
} from './resolve.js'
export { PROMOTION_SETS, type PromotionSet } from './promotion-sets.js'
export { readRulesFile, RulesFileError } from './rules-file.js'
export { parseBytes, type SettingDefinition, SETTINGS, type Settings } from './settings.js'
export { countOf, isTrue, listOf, textOf } from './variables.js'

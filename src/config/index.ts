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
export { resolveOne, resolveSettings, type SettingOptions, type SettingOrigin } from './resolve.js'
export { type SettingDefinition, SETTINGS, type Settings } from './settings.js'

export { excludeMatcher, matchesPattern } from './exclude.js'
export { ensureKey, ensurePrivateFolder, keyPath, readKey } from './key-file.js'
export { resolveOne, resolveSettings, type SettingOptions, type SettingOrigin } from './resolve.js'
export { type OtlpChoice, type SettingDefinition, SETTINGS, type Settings } from './settings.js'

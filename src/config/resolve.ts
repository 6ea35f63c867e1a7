import type { PromotionSet } from './promotion-sets.js'
import { type SettingDefinition, SETTINGS, type Settings } from './settings.js'

/** Where the value of a setting came from. */
export type SettingOrigin = 'argument' | 'environment' | 'default'

/** What is taken as an argument: a setting's value, and for `promote` also the text that the variable takes. */
type SettingInput<K extends keyof Settings> = K extends 'promote' ? Settings[K] | PromotionChoice : Settings[K]

type PromotionChoice = 'off' | 'all' | PromotionSet | `${PromotionSet},${string}`

export type SettingOptions = { readonly [K in keyof Settings]?: SettingInput<K> | undefined }

/**
 * The settings: argument ?? environment ?? default. An empty variable counts as unset.
 *
 * @param warn is told of each variable with a bad value, for which the default is used
 * @throws TypeError when an argument is bad; the message names it, its value and what it should be
 */
export function resolveSettings(
  options: SettingOptions = {},
  environment: NodeJS.ProcessEnv = process.env,
  warn: (message: string) => void = () => {},
): Settings {
  const resolved: Partial<Record<keyof Settings, unknown>> = {}
  for (const setting of SETTINGS) resolved[setting.name] = resolveOne(setting, options, environment, warn).value
  return resolved as unknown as Settings
}

/** A setting as it came to be, for who explains it. */
export interface ResolvedSetting {
  readonly setting: SettingDefinition
  readonly value: unknown
  readonly origin: SettingOrigin
  /** Why the variable's value was not used; undefined where it was, or there is none. */
  readonly warning: string | undefined
}

/** Every setting with its value and where that came from. @throws TypeError as `resolveSettings` */
export function explainSettings(
  options: SettingOptions = {},
  environment: NodeJS.ProcessEnv = process.env,
): ResolvedSetting[] {
  return SETTINGS.map((setting) => {
    let warning: string | undefined
    const { value, origin } = resolveOne(setting, options, environment, (message) => (warning = message))
    return { setting, value, origin, warning }
  })
}

/** One setting's value and where it came from. */
export function resolveOne(
  setting: SettingDefinition,
  options: SettingOptions,
  environment: NodeJS.ProcessEnv,
  warn: (message: string) => void,
): { value: unknown; origin: SettingOrigin } {
  const argument = options[setting.name]
  if (argument !== undefined) return { value: acceptArgument(setting, argument), origin: 'argument' }
  const text = environment[setting.variable]
  if (text === undefined || text === '') return { value: setting.parse(setting.defaultText), origin: 'default' }
  const value = setting.parse(text)
  if (value !== undefined) return { value, origin: 'environment' }
  warn(
    `${setting.variable} is ${show(text)}: give ${setting.expects}. Using the default, ${show(setting.defaultText)}.`,
  )
  return { value: setting.parse(setting.defaultText), origin: 'default' }
}

function acceptArgument(setting: SettingDefinition, argument: unknown): unknown {
  const value = setting.accept(argument)
  if (value === undefined) throw new TypeError(`${setting.name} is ${show(argument)}: give ${setting.expects}`)
  return value
}

function show(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return typeof value
  }
}

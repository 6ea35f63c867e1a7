import { InvalidArgumentError, Option } from 'commander'
import { type SettingDefinition, SETTINGS } from '../config/index.js'
import { FEATURE_CATEGORIES, FEATURE_STATUSES, parseCategory, parseStatus } from '../record/index.js'
import { parseBytes } from '../config/index.js'
import { MOMENT_FORMS, parseMoment, parseSpan, SPAN_FORMS } from './time-option.js'
import { isZone } from './zone.js'

export function limitOption(fallback: number, what: string): Option {
  return new Option('-n, --limit <n>', `show at most so many ${what}`).default(fallback).argParser(
    parser((text) => {
      const limit = /^\d+$/.test(text.trim()) ? Number(text) : 0
      return Number.isSafeInteger(limit + 1) && limit >= 1 ? limit : undefined
    }, 'a whole number of 1 or more'),
  )
}

export function featureOption(): Option {
  return new Option('-f, --feature <name>', 'only this feature')
}

export function categoryOption(): Option {
  return new Option('-c, --category <category>', `only this category: ${FEATURE_CATEGORIES.join(', ')}`).argParser(
    parser(parseCategory, `one of ${FEATURE_CATEGORIES.join(', ')}`),
  )
}

export function statusOption(): Option {
  return new Option('-s, --status <status>', `only this status: ${FEATURE_STATUSES.join(', ')}`).argParser(
    parser(parseStatus, `one of ${FEATURE_STATUSES.join(', ')}`),
  )
}

export function userOption(): Option {
  return new Option('-u, --user <id>', 'only this user, given by id or by whole pseudonym')
}

const PROMOTE = SETTINGS.find(({ name }) => name === 'promote') as SettingDefinition<'promote'>

/** @param setting the environment's value of the setting, which counts where the option is not given */
export function promoteOption(setting: string | undefined): Option {
  const option = new Option('--promote <sets>', `built-in rules to try after the file's: ${PROMOTE.expects}`)
  const parsed = setting === undefined ? undefined : PROMOTE.parse(setting)
  return option.default(parsed, PROMOTE.variable).argParser(parser(PROMOTE.parse, PROMOTE.expects))
}

/** @param now milliseconds since 1970 */
export function momentOption(flags: string, description: string, now: () => number): Option {
  return new Option(flags, description).argParser(parser((text) => parseMoment(text, now()), MOMENT_FORMS))
}

export function sinceOption(now: () => number): Option {
  return momentOption('--since <time>', 'started at this time or later: 30m, 24h, 7d, 2w, or an ISO date or time', now)
}

export function untilOption(now: () => number): Option {
  return momentOption('--until <time>', 'started before this time; written as for --since', now)
}

export function zoneOption(): Option {
  return new Option(
    '--time-zone <zone>',
    "show and read times in this zone, such as Europe/Berlin (default: the system's)",
  ).argParser(parser((text) => (isZone(text) ? text : undefined), 'a time zone such as Europe/Berlin or UTC'))
}

/** A number of things, 0 or more unless told otherwise. */
export function countOption(flags: string, description: string, least = 0): Option {
  return new Option(flags, description).argParser(
    parser(
      (text) => (/^\d+$/.test(text.trim()) && Number(text) >= least ? wholeOf(text) : undefined),
      `a whole number of ${least} or more`,
    ),
  )
}

export function bytesOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(
    parser(parseBytes, 'a number of bytes, or a size such as 500MB or 2GB'),
  )
}

/** @returns milliseconds */
export function spanOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(parser(parseSpan, SPAN_FORMS))
}

function wholeOf(text: string): number | undefined {
  return Number.isSafeInteger(Number(text)) ? Number(text) : undefined
}

export function portOption(fallback: number): Option {
  return new Option('-p, --port <n>', 'listen on this port; 0 takes any that is free')
    .default(fallback)
    .argParser(
      parser(
        (text) => (/^\d{1,5}$/.test(text) && Number(text) < 65_536 ? Number(text) : undefined),
        'a port, 0 to 65535',
      ),
    )
}

function parser<T>(parse: (text: string) => T | undefined, allowed: string): (text: string) => T {
  return (text) => {
    const value = parse(text)
    if (value === undefined) throw new InvalidArgumentError(`Give ${allowed}.`)
    return value
  }
}

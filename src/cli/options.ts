import { InvalidArgumentError, Option } from 'commander'
import { FEATURE_CATEGORIES, FEATURE_STATUSES, parseCategory, parseStatus } from '../record/index.js'
import { MOMENT_FORMS, parseMoment } from './time-option.js'

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

/** @param now milliseconds since 1970 */
export function momentOption(flags: string, description: string, now: () => number): Option {
  return new Option(flags, description).argParser(parser((text) => parseMoment(text, now()), MOMENT_FORMS))
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

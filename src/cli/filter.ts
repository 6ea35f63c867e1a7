import type { FeatureCategory, FeatureStatus } from '../record/index.js'
import type { RecordFilter } from '../store/index.js'
import type { CommandContext } from './context.js'
import { CliError } from './errors.js'
import { localTime } from './output/format.js'
import { visible } from './output/text.js'
import { inZone, type Moment } from './time-option.js'

/** The options by which commands choose calls. */
export interface FilterOptions {
  feature?: string
  category?: FeatureCategory
  status?: FeatureStatus
  user?: string
  since?: Moment
  until?: Moment
}

/** @throws CliError when no time lies between `since` and `until` */
export function filterOf(context: CommandContext, options: FilterOptions): RecordFilter {
  const now = context.io.now()
  const [since, until] = [inZone(options.since, now, context.zone), inZone(options.until, now, context.zone)]
  if (since !== undefined && until !== undefined && since.millis >= until.millis)
    throw new CliError(
      'usage',
      `no time lies between --since ${since.text} and --until ${until.text}`,
      'give an earlier --since or a later --until',
    )
  const { feature, category, status, user } = options
  return { featureName: feature, category, status, userId: user, since: since?.millis, until: until?.millis }
}

/** `feature=f, since=24h (2026-11-23 16:36:15)`; empty where nothing is asked for. */
export function conditionsText(context: CommandContext, options: FilterOptions): string {
  const { feature, category, status, user, since, until } = options
  const given = {
    feature,
    category,
    status,
    user,
    since: momentText(since, context),
    until: momentText(until, context),
  }
  return Object.entries(given)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${visible(value ?? '')}`)
    .join(', ')
}

/** A time that counts back is also shown as what it came to. */
function momentText(moment: Moment | undefined, { zone }: CommandContext): string | undefined {
  if (moment === undefined || !/[mhdw]$/i.test(moment.text)) return moment?.text
  return `${moment.text} (${localTime(new Date(moment.millis).toISOString(), zone)})`
}

/** Why a user who was given by a part of a pseudonym was not found. */
export function userHint(user: string | undefined): string {
  return user !== undefined && /^[0-9a-f]{4,63}…?$/.test(user)
    ? '\nA pseudonym has to be given whole; --json shows it.'
    : ''
}

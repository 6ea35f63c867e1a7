import { dirname, join } from 'node:path'
import type { AuditReport, ForgetReport, Found } from '../../maintenance/index.js'
import type { CommandContext } from '../context.js'
import { CliError } from '../errors.js'
import { grouped, sizeText } from '../output/format.js'
import { jsonObject } from '../output/json.js'
import { visible } from '../output/text.js'
import { write } from '../output/write.js'
import { failureOf } from '../maintain.js'
import { transfer } from '../transfer.js'

export interface ForgetCommandOptions {
  also?: string[]
  yes?: boolean
}

export interface RotateCommandOptions {
  ids?: string
  yes?: boolean
}

/** Erases users. @throws CliError, `not_erased` where something is left */
export async function runForget(
  context: CommandContext,
  users: readonly string[],
  options: ForgetCommandOptions,
): Promise<void> {
  const { forgetUsers } = await import('../../maintenance/index.js')
  const dryRun = options.yes !== true
  const report = await inSteps(context, (onStep) =>
    forgetUsers({ dbPath: context.database.path, users, also: options.also, dryRun, onStep }),
  )
  const text = context.mode === 'json' ? jsonObject(report) : `${forgetText(report)}\n`
  await write(context.io.stdout, [text])
  if (!dryRun && !report.isErased)
    throw new CliError(
      'not_erased',
      'not everything could be erased: see the files above in which something was found after',
      'end the processes that hold files open, remove files that were set aside, and run it again',
    )
}

function forgetText({ dryRun, files, before, after, short, otherBackups }: ForgetReport): string {
  const lines = files.map(
    ({ path, rows, mentions, vacuumed }) =>
      `${visible(path)}: ${grouped(rows)} records${dryRun ? '' : ' removed'}, ${grouped(mentions)} texts of others that name them${dryRun ? '' : ' changed'}${vacuumed ? '; written anew' : ''}`,
  )
  const [backup] = otherBackups
  if (backup !== undefined)
    lines.push(
      `note: ${otherBackups.length === 1 ? 'one backup was' : `${otherBackups.length} backups were`} not looked at and may have them; add --also ${join(dirname(visible(backup)), '*.backup')}`,
    )
  lines.push(
    '',
    dryRun ? 'Bytes searched, as they are, in hexadecimal and in base64:' : 'Bytes searched before:',
    ...foundLines(before),
  )
  if (!dryRun) lines.push('Bytes searched after:', ...foundLines(after))
  for (const user of short)
    lines.push(
      `note: ${JSON.stringify(user)} is too short to be searched for in texts and bytes; its records and its pseudonym are`,
    )
  lines.push(
    '',
    dryRun ? 'Nothing was changed. --yes erases it.' : 'Calls of these users to come are stored as before.',
  )
  return lines.join('\n')
}

function foundLines(found: readonly Found[]): string[] {
  return found.map(({ path, bytes, raw, inside, hex, base64 }) => {
    const hits = raw + hex + base64
    const within = inside === 0 ? '' : `, ${grouped(inside)} times as part of a longer word`
    return `  ${visible(path)} (${sizeText(bytes)}): found ${grouped(hits)} times${within}`
  })
}

/** What is stored of persons. @throws CliError, `findings` where something resembles persons or secrets */
export async function runAudit(context: CommandContext): Promise<void> {
  const { auditPrivacy } = await import('../../maintenance/index.js')
  const report = await transfer(context, 'audit', ({ onProgress }) =>
    auditPrivacy({ dbPath: context.database.path, onProgress }),
  )
  await write(context.io.stdout, [context.mode === 'json' ? jsonObject(report) : `${auditText(report)}\n`])
  const { length } = report.suspicions
  if (length > 0)
    throw new CliError(
      'found',
      `${length === 1 ? 'one place holds' : `${length} places hold`} what resembles persons or secrets`,
      'list-records shows the records; forget erases users, and FEATURE_TRACKING_EXCLUDE keeps features out',
    )
}

function auditText({ rows, keys, moreKeys, users, suspicions }: AuditReport): string {
  const lines = [
    `${grouped(rows)} records: ${grouped(users.pseudonyms)} with a pseudonym, ${grouped(users.clear)} with a clear user id, ${grouped(users.none)} without a user`,
    '',
    keys.length === 0 ? 'No metadata is stored.' : 'Metadata keys (records, example):',
    ...keys.map(
      ({ key, count, example, namesUser }) =>
        `  ${visible(key)}  ${grouped(count)}  ${visible(example)}${namesUser ? '  names a user' : ''}`,
    ),
  ]
  if (moreKeys > 0) lines.push(`  and more: ${grouped(moreKeys)} further values under other keys`)
  lines.push(
    '',
    suspicions.length === 0 ? 'Nothing resembles persons or secrets.' : 'What resembles persons or secrets:',
  )
  for (const { kind, place, count, example, recordId } of suspicions)
    lines.push(
      `  ${kind} in ${visible(place)}: ${grouped(count)} records, such as ${visible(example)} in ${visible(recordId)}`,
    )
  return lines.join('\n')
}

/** Makes a new key. @throws CliError */
export async function runRotateKey(context: CommandContext, options: RotateCommandOptions): Promise<void> {
  if (options.yes !== true)
    throw new CliError(
      'usage',
      options.ids === undefined
        ? 'with a new key, old pseudonyms can be linked to nobody any more, and the same people count as new ones'
        : 'with a new key, old pseudonyms of users who are not listed can be linked to nobody any more',
      'give --yes to do it',
    )
  const { rotateKey } = await import('../../maintenance/index.js')
  const report = await inSteps(context, (onStep) =>
    rotateKey({ dbPath: context.database.path, idsFile: options.ids, onStep }),
  )
  const { ids, rows, mentions, resumed } = report
  const text =
    context.mode === 'json'
      ? jsonObject(report)
      : `There is a new key${resumed ? ', begun by an earlier run' : ''}. Of ${grouped(ids)} users, ${grouped(rows)} records and ${grouped(mentions)} other texts have the new pseudonyms.\nProcesses that run take the new key within seconds; start those of earlier versions again.\n`
  await write(context.io.stdout, [text])
}

/**
 * Says on a terminal what is being done. It may be ended at any moment: done again, it goes on.
 * @throws CliError in place of what maintenance throws
 */
async function inSteps<T>(context: CommandContext, work: (onStep: (step: string) => void) => Promise<T>): Promise<T> {
  const { io } = context
  const say = (text: string): void => {
    if (io.showsProgress === true) io.stderr.write(`\r\u001b[K${text}`)
  }
  try {
    return await work((step) => {
      say(visible(step))
    })
  } catch (error) {
    throw await failureOf(error, context)
  } finally {
    say('')
  }
}

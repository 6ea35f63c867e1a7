import { CliError } from './errors.js'
import type { CliIO } from './io.js'
import { jsonText } from './output/json.js'
import { visible } from './output/text.js'

/** One line for the error and one for the remedy; one JSON object where JSON was asked for. */
export function reportError(error: CliError, io: CliIO, asJson: boolean): void {
  const { code, message, hint } = error
  if (asJson) io.stderr.write(`${jsonText({ error: { code, message, hint: hint ?? null } })}\n`)
  else io.stderr.write(`error: ${shown(error)}\n${hint === undefined ? '' : `hint: ${visible(hint)}\n`}`)
}

export function warn(message: string, io: CliIO, asJson: boolean): void {
  io.stderr.write(asJson ? `${jsonText({ warning: { message } })}\n` : `warning: ${visible(message)}\n`)
}

/** The stack of a fault keeps its lines. */
function shown({ code, message }: CliError): string {
  return code === 'internal' ? message.split('\n').map(visible).join('\n') : visible(message)
}

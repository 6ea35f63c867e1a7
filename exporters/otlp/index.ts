import { type EventCounter, processEvents } from '../../src/health/index.js'
import { otlpRequest } from './environment.js'
import { type OtlpProcessorOptions, OtlpSpanProcessor } from './processor.js'

/**
 * A processor that sends spans over OTLP/HTTP as the standard variables say, or undefined when they ask for none; then
 * nothing is loaded and no connection opened. It runs beside the SQLite path and never holds it up.
 *
 * @param events counts what goes wrong, bad variables included; the default is the counter of the default tracker
 */
export function createOtlpProcessor(
  options: OtlpProcessorOptions = {},
  events: EventCounter = processEvents,
  environment: NodeJS.ProcessEnv = process.env,
): OtlpSpanProcessor | undefined {
  const request = otlpRequest(environment)
  if (request.kind === 'send') return new OtlpSpanProcessor(request.protocol, events, options, environment)
  if (request.kind === 'refused')
    events.count('setting_ignored', `nothing is sent over OTLP: ${request.reason}`, 1, request.reason)
  return undefined
}

import { isTrue } from '../config/index.js'

/** Whether `OTEL_SDK_DISABLED` turns OpenTelemetry off (OpenTelemetry, "General SDK configuration"). */
export function isSdkDisabled(environment: NodeJS.ProcessEnv = process.env): boolean {
  return isTrue(environment['OTEL_SDK_DISABLED'])
}

/** Whether `OTEL_SDK_DISABLED` turns OpenTelemetry off (OpenTelemetry, "General SDK configuration"). */
export function isSdkDisabled(environment: NodeJS.ProcessEnv = process.env): boolean {
  return (environment['OTEL_SDK_DISABLED'] ?? '').trim().toLowerCase() === 'true'
}

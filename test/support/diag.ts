import { diag, DiagLogLevel } from '@opentelemetry/api'
import { onTestFinished } from 'vitest'

/** The warnings that reach the application through `diag` until the test ends. */
export function warnings(): string[] {
  const said: string[] = []
  const ignore = () => {}
  const logger = {
    error: ignore,
    info: ignore,
    debug: ignore,
    verbose: ignore,
    warn: (message: string) => void said.push(message),
  }
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true })
  onTestFinished(() => {
    diag.disable()
  })
  return said
}

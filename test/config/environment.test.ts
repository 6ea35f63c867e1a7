import { describe, expect, it } from 'vitest'
import { runNode } from '../support/child.js'
import { tempDatabase } from '../support/temp.js'

const BAD = {
  FEATURE_TRACKING_FLUSH_INTERVAL: 'often',
  FEATURE_TRACKING_MAX_BATCH_SIZE: '-3',
  FEATURE_TRACKING_ANONYMIZE: 'perhaps',
}

describe('bad variables in an application', () => {
  it('are each said once through diag, and the application goes on with the defaults', async () => {
    const program = `
      import { diag, DiagConsoleLogger, DiagLogLevel } from '@opentelemetry/api'
      import { FeatureTracker } from '@cloudcurio/feature-tracking'
      diag.setLogger(new DiagConsoleLogger(), DiagLogLevel.WARN)
      const tracker = new FeatureTracker()
      const track = tracker.trackFeature('search')(() => 1)
      for (let call = 0; call < 10; call++) track()
      const { flushInterval, maxBatchSize, anonymize } = tracker.settings
      const records = await tracker.getAllRecords()
      await tracker.shutdown()
      console.log(JSON.stringify([flushInterval, maxBatchSize, anonymize, records.length]))`
    const { code, stdout, stderr } = await runNode(program, {
      env: { ...BAD, FEATURE_TRACKING_DB_PATH: tempDatabase() },
    })
    expect({ code, answer: stdout.trim() }).toEqual({ code: 0, answer: '[100,50,true,10]' })
    for (const [variable, value] of Object.entries(BAD)) {
      const lines = stderr.split('\n').filter((line) => line.includes(variable))
      expect(lines).toHaveLength(1)
      expect(lines[0]).toContain(JSON.stringify(value))
    }
  })
})

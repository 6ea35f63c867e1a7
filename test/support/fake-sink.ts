import { type FeatureUsageRecord, type RecordDraft, recordOfDraft } from '../../src/record/index.js'
import type { Durability, RecordSink, SinkHealth } from '../../src/store/index.js'
import { FakeWriter } from './fake-writer.js'

/** A writer in memory that also takes records one by one. */
export class FakeSink extends FakeWriter implements RecordSink {
  durability: Durability = 'batch'
  readonly drafts: RecordDraft[] = []
  sends = 0
  /** What `add` answers. */
  takes = true

  add(draft: RecordDraft): boolean {
    if (this.takes) this.drafts.push({ ...draft }) // its maker uses it again
    return this.takes
  }

  send(): void {
    this.sends++
  }

  health(): SinkHealth {
    return {
      waitingRecords: 0,
      waitingBytes: 0,
      stored: this.drafts.length,
      dropped: {},
      spool: { records: 0, bytes: 0 },
      database: { status: 'ok' },
      recovered: { records: 0, lost: 0 },
      longestLockWait: 0,
    }
  }

  get taken(): FeatureUsageRecord[] {
    return this.drafts.map(recordOfDraft)
  }
}

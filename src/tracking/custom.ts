import { FeatureStatus, requireStatus } from '../record/index.js'
import { FeatureCall } from './feature-call.js'
import type { CheckedOptions } from './options.js'
import type { CallRunner } from './run-call.js'
import type { FeatureOptions, TrackingHost } from './types.js'

export interface CustomCompletion {
  status: FeatureStatus
  /** Bytes. */
  inputSize?: number | undefined
  /** Bytes. */
  outputSize?: number | undefined
  errorMessage?: string | undefined
  /** 0 to 1; wins over the formula. */
  efficiencyScore?: number | undefined
  /** 1 when absent. */
  iterations?: number | undefined
}

/** More at once are a leak: the oldest is then stored as `partial`. */
const MAX_OPEN = 10_000

/** Trackings that are started and completed by hand, in whatever async contexts. */
export class CustomTracking {
  readonly #host: TrackingHost
  readonly #runner: CallRunner
  readonly #open = new Map<string, FeatureCall>()
  /** Ids given out while tracking was off or the feature excluded: to complete them is no mistake. */
  readonly #silent = new Set<string>()

  constructor(host: TrackingHost, runner: CallRunner) {
    this.#host = host
    this.#runner = runner
  }

  start(options: CheckedOptions<FeatureOptions>, silentId: () => string): string {
    if (!this.#host.enabled || this.#host.isExcluded(options.featureName)) return this.#startSilently(silentId())
    const call = new FeatureCall(
      this.#host,
      options.featureName,
      options.category,
      this.#runner.userId(options, undefined, []),
    )
    const metadata =
      options.metadata === undefined ? undefined : this.#runner.perCall(options, 'metadata', undefined, [])
    if (metadata !== undefined) call.setMetadata(metadata as Record<string, unknown>)
    if (this.#open.size >= MAX_OPEN) this.#evictOldest()
    this.#open.set(call.recordId, call)
    return call.recordId
  }

  /** @throws TypeError for an unknown status */
  complete(recordId: string, completion: CustomCompletion): void {
    const status = requireStatus(completion?.status)
    const call = this.#open.get(recordId)
    if (call === undefined) {
      if (this.#silent.delete(recordId)) return
      this.#host.count(
        'completed_unknown',
        () =>
          `completeCustomTracking: ${String(recordId).slice(0, 80)} is not open; it was completed before, or never started here`,
      )
      return
    }
    this.#open.delete(recordId)
    call.setSizes({ input: completion.inputSize, output: completion.outputSize })
    if (completion.iterations !== undefined) call.setIterations(completion.iterations)
    if (completion.efficiencyScore !== undefined) call.setEfficiency(completion.efficiencyScore)
    call.setStatus(status, completion.errorMessage)
    call.succeed()
  }

  endAll(): void {
    for (const call of this.#open.values())
      call.abandon(FeatureStatus.PARTIAL, 'never completed; still open at shutdown')
    this.#open.clear()
  }

  #startSilently(recordId: string): string {
    if (this.#silent.size >= MAX_OPEN) this.#silent.clear()
    this.#silent.add(recordId)
    return recordId
  }

  #evictOldest(): void {
    const [oldest] = this.#open
    if (oldest === undefined) return
    this.#open.delete(oldest[0])
    oldest[1].abandon(FeatureStatus.PARTIAL, `never completed; more than ${MAX_OPEN} custom trackings were open`)
    this.#host.count(
      'custom_evicted',
      `more than ${MAX_OPEN} custom trackings are open; the oldest are stored as partial. Is completeCustomTracking missing somewhere?`,
    )
  }
}

import { createRequire } from 'node:module'
import type { Sampler } from './sampling.js'

type Sdk = typeof import('@opentelemetry/sdk-trace-base')

type MakeSampler = (sdk: Sdk, ratio: number) => Sampler

/** The SDK's samplers by the values of `OTEL_TRACES_SAMPLER` (OpenTelemetry, "General SDK configuration"). */
const SAMPLERS: ReadonlyMap<string, MakeSampler> = new Map<string, MakeSampler>([
  ['always_on', (sdk) => new sdk.AlwaysOnSampler()],
  ['always_off', (sdk) => new sdk.AlwaysOffSampler()],
  ['traceidratio', (sdk, ratio) => new sdk.TraceIdRatioBasedSampler(ratio)],
  ['parentbased_always_on', (sdk) => new sdk.ParentBasedSampler({ root: new sdk.AlwaysOnSampler() })],
  ['parentbased_always_off', (sdk) => new sdk.ParentBasedSampler({ root: new sdk.AlwaysOffSampler() })],
  [
    'parentbased_traceidratio',
    (sdk, ratio) => new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(ratio) }),
  ],
])

/**
 * The sampler that the standard variables ask for. A provider of the SDK makes the same for itself, but does not give it
 * away to be wrapped. A value that is none is passed over, as there.
 */
export function environmentSampler(environment: NodeJS.ProcessEnv = process.env): Sampler {
  const sdk = createRequire(import.meta.url)('@opentelemetry/sdk-trace-base') as Sdk
  const name = environment['OTEL_TRACES_SAMPLER']?.trim().toLowerCase() ?? ''
  const text = environment['OTEL_TRACES_SAMPLER_ARG']?.trim() ?? ''
  const ratio = text === '' ? Number.NaN : Number(text)
  const make = SAMPLERS.get(name) ?? SAMPLERS.get('parentbased_always_on')
  return (make as MakeSampler)(sdk, ratio >= 0 && ratio <= 1 ? ratio : 1)
}

import * as api from '@opentelemetry/api'
import * as sdk from '@opentelemetry/sdk-node'
import * as tracking from '@cloudcurio/feature-tracking'
import * as pipeline from '@cloudcurio/feature-tracking/pipeline'
import application from './application.cjs'

// SDK 3.x has its classes in a package of their own.
const tracing = sdk.tracing ?? (await import('@opentelemetry/sdk-trace'))
await application.main({ api, sdk: { ...sdk, tracing }, tracking, pipeline })

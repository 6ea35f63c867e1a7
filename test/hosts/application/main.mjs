import * as api from '@opentelemetry/api'
import * as sdk from '@opentelemetry/sdk-node'
import * as tracking from '@cloudcurio/feature-tracking'
import * as pipeline from '@cloudcurio/feature-tracking/pipeline'
import application from './application.cjs'

await application.main({ api, sdk, tracking, pipeline })

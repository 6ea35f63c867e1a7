'use strict'
const { main } = require('./application.cjs')

const sdk = require('@opentelemetry/sdk-node')
// SDK 3.x has its classes in a package of their own.
const tracing = sdk.tracing ?? require('@opentelemetry/sdk-trace')

void main({
  api: require('@opentelemetry/api'),
  sdk: { ...sdk, tracing },
  tracking: require('@cloudcurio/feature-tracking'),
  pipeline: require('@cloudcurio/feature-tracking/pipeline'),
})

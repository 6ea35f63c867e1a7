'use strict'
const { main } = require('./application.cjs')

void main({
  api: require('@opentelemetry/api'),
  sdk: require('@opentelemetry/sdk-node'),
  tracking: require('@cloudcurio/feature-tracking'),
  pipeline: require('@cloudcurio/feature-tracking/pipeline'),
})

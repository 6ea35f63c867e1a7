import { SpanKind } from '@opentelemetry/api'
import { FeatureCategory } from '../../../record/index.js'
import { bytesOf, type Kept, keep, textOf, words } from '../reading.js'
import type { SpanAttributes } from '../rule.js'
import type { BuiltIn } from './built-in.js'

/** Semantic conventions, registry/attributes/messaging; older names after today's. */
const OPERATION = ['messaging.operation.name', 'messaging.operation.type', 'messaging.operation']
const DESTINATION = [
  'messaging.destination.template',
  'messaging.destination.name',
  'messaging.destination',
  'messaging.source.name',
]
const SIZE = [
  'messaging.message.body.size',
  'messaging.message.envelope.size',
  'messaging.message_payload_size_bytes',
  'messaging.message.payload_size_bytes',
]
const KEPT: Kept = [
  ['messaging.system'],
  ['messaging.batch.message_count'],
  ['messaging.consumer.group.name', 'messaging.kafka.consumer.group', 'messaging.consumer_id'],
]

/** Messages that are sent, received and worked on: `publish orders`. */
export const messaging: BuiltIn = {
  set: 'messaging',
  looksFor: 'messaging.system with an operation or the kind of one',
  marks: { attributes: ['messaging.system'] },
  // A span that only tends to queues names the system and neither sends nor receives.
  matches: (_name, kind, attributes) =>
    typeof attributes['messaging.system'] === 'string' && operationOf(kind, attributes) !== undefined,
  mayMatch: (_name, _kind, attributes) => attributes['messaging.system'] !== undefined,
  featureName: ({ kind, attributes }) =>
    words(operationOf(kind, attributes), destinationOf(attributes) ?? textOf(attributes, ['messaging.system'])),
  category: () => FeatureCategory.OTHER,
  layer: () => 'messaging',
  details({ kind, attributes }) {
    const destination = destinationOf(attributes)
    return {
      inputSize: bytesOf(attributes, SIZE),
      metadata: {
        ...keep(attributes, KEPT),
        'messaging.operation.name': operationOf(kind, attributes),
        ...(destination === undefined ? {} : { 'messaging.destination.name': destination }),
      },
    }
  },
}

function operationOf(kind: SpanKind, attributes: SpanAttributes): string | undefined {
  const named = textOf(attributes, OPERATION)
  if (named !== undefined) return named
  if (kind === SpanKind.PRODUCER) return 'send'
  return kind === SpanKind.CONSUMER ? 'receive' : undefined
}

/** Queues for answers have a name of their own each time. */
function destinationOf(attributes: SpanAttributes): string | undefined {
  const isTemporary =
    attributes['messaging.destination.temporary'] === true || attributes['messaging.destination.anonymous'] === true
  return isTemporary ? '(temporary)' : textOf(attributes, DESTINATION)
}

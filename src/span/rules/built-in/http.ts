import { SpanKind } from '@opentelemetry/api'
import { FeatureCategory } from '../../../record/index.js'
import type { SpanFacts } from '../../readable-span.js'
import { bytesOf, type Kept, keep, numberOf, textOf, words } from '../reading.js'
import type { PromotionDetails, SpanAttributes } from '../rule.js'
import type { BuiltIn } from './built-in.js'

/** Semantic conventions, registry/attributes/http; older names after today's. */
const METHOD = ['http.request.method', 'http.method']
const HOST = ['server.address', 'net.peer.name', 'http.host', 'peer.service']
export const STATUS_CODE = ['http.response.status_code', 'http.status_code']
const REQUEST_SIZE = [
  'http.request.body.size',
  'http.request_content_length',
  'http.request_content_length_uncompressed',
  'http.request.size',
  'http.request.header.content-length',
]
const RESPONSE_SIZE = [
  'http.response.body.size',
  'http.response_content_length',
  'http.response_content_length_uncompressed',
  'http.response.size',
  'http.response.header.content-length',
]

const KEPT: Kept = [
  ['http.route'],
  ['url.template'],
  ['server.address', 'net.peer.name'],
  ['network.protocol.version', 'http.flavor'],
]

const KNOWN_METHODS = new Set('GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH QUERY'.split(' '))

/** Requests that this process answers: `GET /users/:id`, or `GET` where no route is known. Never a path. */
export const httpServer: BuiltIn = {
  set: 'http',
  looksFor: 'http.request.method, http.method or http.route on a span of kind SERVER',
  marks: { attributes: [...METHOD, 'http.route'] },
  matches: (_name, kind, attributes) =>
    kind === SpanKind.SERVER && (textOf(attributes, METHOD) ?? attributes['http.route']) !== undefined,
  featureName: ({ attributes }) => words(methodOf(attributes), textOf(attributes, ['http.route'])),
  category: () => FeatureCategory.WEB_INTERFACE,
  layer: () => 'http_server',
  details,
}

/** Requests that this process makes: `GET api.example.com`. */
export const httpClient: BuiltIn = {
  set: 'http_client',
  looksFor: 'http.request.method or http.method on a span of kind CLIENT',
  marks: { attributes: METHOD },
  matches: (_name, kind, attributes) => kind === SpanKind.CLIENT && textOf(attributes, METHOD) !== undefined,
  featureName: ({ attributes }) =>
    words(methodOf(attributes), textOf(attributes, ['url.template']) ?? hostOf(attributes)),
  category: () => FeatureCategory.OTHER,
  layer: () => 'http_client',
  details,
}

function details({ attributes }: SpanFacts): Partial<PromotionDetails> {
  const metadata = keep(attributes, KEPT)
  metadata['http.request.method'] = methodOf(attributes)
  const status = numberOf(attributes, STATUS_CODE)
  if (status !== undefined) metadata['http.response.status_code'] = status
  return {
    inputSize: bytesOf(attributes, REQUEST_SIZE),
    outputSize: bytesOf(attributes, RESPONSE_SIZE),
    metadata,
  }
}

/** A client can send any method; those of no standard are one. */
function methodOf(attributes: SpanAttributes): string {
  const method = textOf(attributes, METHOD) ?? ''
  if (KNOWN_METHODS.has(method)) return method
  const upper = method.toUpperCase()
  return KNOWN_METHODS.has(upper) ? upper : 'HTTP'
}

/** Without the port: it differs where nothing else does. */
function hostOf(attributes: SpanAttributes): string | undefined {
  return textOf(attributes, HOST)?.replace(/:\d+$/, '')
}

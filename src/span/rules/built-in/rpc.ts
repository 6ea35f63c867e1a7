import { FeatureCategory } from '../../../record/index.js'
import { type Kept, keep, textOf } from '../reading.js'
import type { BuiltIn } from './built-in.js'

const SYSTEM = ['rpc.system.name', 'rpc.system']

export const RPC_STATUS = ['rpc.response.status_code', 'rpc.grpc.status_code', 'rpc.connect_rpc.error_code']

const KEPT: Kept = [
  ['rpc.system.name', 'rpc.system'],
  ['rpc.service'],
  ['rpc.method'],
  ['rpc.response.status_code', ...RPC_STATUS.slice(1), 'rpc.jsonrpc.error_code'],
  ['server.address', 'net.peer.name'],
]

/** Remote procedure calls, answered or made: `shop.Orders/Place`, `S3/PutObject`. */
export const rpc: BuiltIn = {
  set: 'rpc',
  looksFor: 'rpc.system.name or rpc.system with rpc.method',
  marks: { attributes: SYSTEM },
  matches: (_name, _kind, attributes) => textOf(attributes, SYSTEM) !== undefined,
  featureName({ attributes }) {
    const [service, method] = [textOf(attributes, ['rpc.service']), textOf(attributes, ['rpc.method'])]
    if (method === undefined) return service
    return service === undefined || method.includes('/') ? method : `${service}/${method}`
  },
  category: () => FeatureCategory.OTHER,
  layer: () => 'rpc',
  details: ({ attributes }) => ({ metadata: keep(attributes, KEPT) }),
}

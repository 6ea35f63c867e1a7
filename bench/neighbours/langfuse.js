import { LangfuseSpanProcessor } from '@langfuse/otel'
import { observe } from '@langfuse/tracing'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { work, workAsync } from './work.js'

export async function setUp(port) {
  const processor = new LangfuseSpanProcessor({
    publicKey: 'pk-none',
    secretKey: 'sk-none',
    baseUrl: `http://127.0.0.1:${port}`,
  })
  const sdk = new NodeSDK({ spanProcessors: [processor] })
  sdk.start()
  return {
    sync: observe(work, { name: 'bench' }),
    async: observe(workAsync, { name: 'bench' }),
    settle: () => processor.forceFlush(),
    stop: async () => undefined,
  }
}

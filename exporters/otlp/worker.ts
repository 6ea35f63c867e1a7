import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { OtlpThreadData } from './protocol.js'
import { OtlpThread } from './thread.js'

new OtlpThread(parentPort as MessagePort, workerData as OtlpThreadData).start()

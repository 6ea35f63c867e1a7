import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { ThreadData } from './protocol.js'
import { giveWay } from './thread-priority.js'
import { WriterThread } from './write/writer-thread.js'

giveWay()
new WriterThread(parentPort as MessagePort, workerData as ThreadData).start()

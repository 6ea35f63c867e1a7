// @ts-check
// Work that no single function spans: a job is enqueued here, done there, and the two share nothing but the job. The
// record id, kept with the job, joins them.
//   npm run build && node examples/manual-tracking.js
import { startedAt } from './shared/example-database.js' // first: it says where the records go
import {
  completeCustomTracking,
  FeatureCategory,
  FeatureStatus,
  featureTracker,
  startCustomTracking,
} from '@cloudcurio/feature-tracking'
import { FeatureTrackerDB } from '@cloudcurio/feature-tracking/store'
import { EventEmitter, on } from 'node:events'
import { printRecords } from './shared/print-records.js'

/**
 * @typedef {object} Job
 * @property {string} document
 * @property {string} recordId
 * @property {number} attempts
 */

const MAX_ATTEMPTS = 3

/** @type {EventEmitter<{ job: [Job], done: [Job, string], failed: [Job, Error], settled: [] }>} */
const queue = new EventEmitter()

/**
 * The duration is counted from here: waiting in the queue is part of what the user sees.
 *
 * @param {string} document
 * @param {string} userId
 */
function enqueue(document, userId) {
  const recordId = startCustomTracking({
    featureName: 'agent_job',
    category: FeatureCategory.AGENT_PLATFORM,
    userId,
    metadata: { document },
  })
  queue.emit('job', { document, recordId, attempts: 0 })
}

queue.on('job', (job) => {
  job.attempts++
  setTimeout(() => work(job), 20 + Math.random() * 30)
})

/** @param {Job} job */
function work(job) {
  if (job.document === 'never.txt') return // a worker that died: nobody will hear of this job again
  if (job.document === 'broken.txt') retry(job, new Error('the document cannot be parsed'))
  else if (job.document === 'flaky.txt' && job.attempts < 2) retry(job, new Error('the disk was busy'))
  else queue.emit('done', job, `a report on ${job.document}`)
}

/** @param {Job} job @param {Error} error */
function retry(job, error) {
  queue.emit(job.attempts < MAX_ATTEMPTS ? 'job' : 'failed', job, error)
}

queue.on('done', ({ recordId, document, attempts }, report) => {
  completeCustomTracking(recordId, {
    status: FeatureStatus.SUCCESS,
    inputSize: document.length,
    outputSize: report.length,
    iterations: attempts,
  })
  queue.emit('settled')
})

queue.on('failed', ({ recordId, document, attempts }, error) => {
  completeCustomTracking(recordId, {
    status: FeatureStatus.FAILED,
    inputSize: document.length,
    errorMessage: error.message,
    iterations: attempts,
  })
  queue.emit('settled')
})

const settled = on(queue, 'settled')
enqueue('annual.txt', 'ada@example.com')
enqueue('flaky.txt', 'grace@example.com')
enqueue('broken.txt', 'grace@example.com')
enqueue('never.txt', 'ada@example.com')
for (let jobs = 0; jobs < 3; jobs++) await settled.next() // the fourth never is

// What is open when the tracker shuts down is stored as `partial`.
await featureTracker.shutdown()

// The tracker is closed; the file can be read by anyone who may open it.
const store = new FeatureTrackerDB(featureTracker.settings.dbPath)
printRecords(await store.getRecords({ since: startedAt }))
await store.close()

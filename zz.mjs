import { FeatureTracker } from '@cloudcurio/feature-tracking'
const tracker = new FeatureTracker({ flushInterval: 100 })
const call = tracker.trackFeature('call')((n) => n + 1)
for (let group = 0; group < 1000; group++) {
  for (let n = 0; n < 100; n++) call(n)
  await new Promise(setImmediate)
  if (group % 10 === 9) await new Promise((resolve) => setTimeout(resolve, 2))
}
await tracker.flush()
console.log(JSON.stringify(tracker.health()))

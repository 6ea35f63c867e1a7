import { describe, expect, it, onTestFinished } from 'vitest'
import { Lifeline } from '../../src/store/sqlite/lifeline.js'
import { INT, Progress } from '../../src/store/sqlite/progress.js'

function lifeline(hangMillis: number) {
  const progress = new Progress()
  const seen = { hangs: 0, revivals: 0, isBusy: true }
  const watched = new Lifeline(progress, hangMillis, {
    isBusy: () => seen.isBusy,
    hangs: () => seen.hangs++,
    revive: () => seen.revivals++,
  })
  onTestFinished(() => {
    watched.stop()
  })
  return { progress, seen, watched }
}

describe('a thread that is looked after', () => {
  it('hangs when it is busy and gives no sign of life', async () => {
    const { seen, watched } = lifeline(50)
    const start = performance.now()
    watched.watch()
    await expect.poll(() => seen.hangs, { interval: 5 }).toBeGreaterThan(0)
    console.log(`R12: a hang was noticed after ${(performance.now() - start).toFixed(0)} ms, with a limit of 50 ms`)
    expect(performance.now() - start).toBeGreaterThan(45)
  })

  it('does not hang while it shows that it lives, nor while there is nothing to do', async () => {
    const { progress, seen, watched } = lifeline(50)
    watched.watch()
    for (let beat = 0; beat < 30; beat++) {
      Atomics.add(progress.ints, INT.beat, 1)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    seen.isBusy = false
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(seen.hangs).toBe(0)
  })

  it('is revived at once, and after a rest where it dies again and again', async () => {
    const { seen, watched } = lifeline(50)
    for (let death = 1; death <= 2; death++) {
      expect(watched.died()).toBe(false)
      watched.rest(true)
      expect(seen.revivals).toBe(death)
    }
    expect(watched.died()).toBe(true)
    watched.rest(true)
    expect([watched.isResting, seen.revivals]).toEqual([true, 2])
    await expect.poll(() => seen.revivals).toBe(3)
    expect(watched.isResting).toBe(false)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeSpan, hasBlock, mergeSpans } from '../../src/store/sqlite/rollup/blocks.js'
import {
  bucketOf,
  encodeBuckets,
  mergeBuckets,
  percentiles,
  sumOfBuckets,
} from '../../src/store/sqlite/rollup/histogram.js'
import { KeyCache } from '../../src/store/sqlite/rollup/key-cache.js'
import {
  allUsersOfChunk,
  eachDayMember,
  encodeDay,
  memberCode,
  mergeDays,
  usersOfChunk,
} from '../../src/store/sqlite/rollup/members.js'
import { splitPeriod } from '../../src/store/sqlite/rollup/period.js'
import { HOUR } from './rollup-support.js'

const duration = fc.oneof(
  fc.constantFrom(0, 1e-9, 2e-9, 0.25, 1, Number.MAX_VALUE, Infinity),
  fc.double({ min: 1e-9, max: 1e6, noNaN: true }),
)
const durations = fc.array(duration, { minLength: 1, maxLength: 200 })

describe('latency histograms', () => {
  it('have each percentile within 1 % of the nearest rank, however they were merged', () => {
    fc.assert(
      fc.property(
        fc.array(durations, { minLength: 1, maxLength: 4 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (parts, share) => {
          const all = parts.flat().toSorted((a, b) => a - b)
          const merged = parts.map((part) => encodeBuckets(part.map(bucketOf))).reduce(mergeBuckets)
          const [found] = percentiles([share], [merged], [], all[0] as number, all.at(-1) as number) as [number]
          const exact = all[Math.max(0, Math.ceil(share * all.length) - 1)] as number
          if (Number.isFinite(exact))
            expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact * 0.01 * (1 + 1e-9) + 1e-9)
        },
      ),
    )
  })

  it('merge to what they would be together', () => {
    fc.assert(
      fc.property(durations, durations, (a, b) => {
        const [left, right] = [a.map(bucketOf), b.map(bucketOf)]
        expect(mergeBuckets(encodeBuckets(left), encodeBuckets(right))).toEqual(encodeBuckets([...left, ...right]))
      }),
    )
  })

  it('sum up to the same, any number of them', () => {
    fc.assert(
      fc.property(fc.array(durations, { maxLength: 6 }), (parts) => {
        const buckets = parts.map((part) => part.map(bucketOf))
        expect(sumOfBuckets(buckets.map(encodeBuckets))).toEqual(encodeBuckets(buckets.flat()))
      }),
    )
  })
})

describe('sets', () => {
  const code = fc
    .tuple(fc.nat({ max: 255 }), fc.nat({ max: 4 }), fc.nat({ max: 23 }))
    .map(([place, status, hour]) => memberCode(place, status, hour))
  const codesOf = (bytes: Uint8Array) => {
    const found: number[] = []
    eachDayMember(bytes, (place, status, hours) => {
      for (let hour = 0; hour < 24; hour++) if ((hours >>> hour) & 1) found.push(memberCode(place, status, hour))
    })
    return found
  }

  it('of users hold what was put in, once, also when they are merged', () => {
    fc.assert(
      fc.property(fc.array(code), fc.array(code), (a, b) => {
        const merged = mergeDays(encodeDay([...a]), encodeDay([...b]))
        expect(codesOf(merged)).toEqual([...new Set([...a, ...b])].toSorted((x, y) => x - y))
      }),
    )
  })

  it('of users tell who was there under some statuses in some hours', () => {
    const placesOf = (users: Uint32Array = new Uint32Array(8)) =>
      Array.from({ length: 256 }, (_, place) => place).filter(
        (place) => (((users[place >>> 5] as number) >>> (place & 31)) & 1) === 1,
      )
    const placesWith = (codes: readonly number[], isWanted: (status: number, hour: number) => boolean) =>
      [...new Set(codes.filter((one) => isWanted((one >>> 5) & 7, one & 31)).map((one) => one >>> 8))].toSorted(
        (x, y) => x - y,
      )
    fc.assert(
      fc.property(fc.array(code), fc.nat({ max: 31 }), fc.nat({ max: 2 ** 24 - 1 }), (codes, statuses, hours) => {
        const bytes = encodeDay([...codes])
        expect(placesOf(allUsersOfChunk(bytes))).toEqual(placesWith(codes, () => true))
        expect(placesOf(usersOfChunk(bytes, statuses, hours))).toEqual(
          placesWith(codes, (status, hour) => ((statuses >>> status) & (hours >>> hour) & 1) === 1),
        )
      }),
    )
  })

  it('of blocks hold what was put in, few or many', () => {
    const places = fc.oneof(
      fc.array(fc.nat({ max: 255 }), { maxLength: 40 }),
      fc.array(fc.nat({ max: 255 }), { minLength: 100, maxLength: 300 }),
    )
    fc.assert(
      fc.property(places, places, (a, b) => {
        const merged = mergeSpans(encodeSpan(a), encodeSpan(b))
        const all = new Set([...a, ...b])
        for (let place = 0; place < 256; place++) expect(hasBlock(merged, place)).toBe(all.has(place))
      }),
    )
  })

  it('of keys never claim what was not added', () => {
    const cache = new KeyCache(4)
    const added = new Set<string>()
    const number = fc.oneof(fc.nat({ max: 20 }), fc.integer({ min: -(2 ** 52), max: 2 ** 52 }))
    fc.assert(
      fc.property(number, number, (first, second) => {
        if (cache.add(first, second)) expect(added).toContain(`${first} ${second}`)
        added.add(`${first} ${second}`)
        expect(cache.add(first, second)).toBe(true)
      }),
      { numRuns: 500 },
    )
    cache.clear()
    expect(cache.add(1, 1)).toBe(false)
  })
})

describe('a period', () => {
  it('is split into days, hours and edges without gap and overlap', () => {
    const time = fc.oneof(
      fc.integer({ min: -400 * HOUR, max: 400 * HOUR }),
      fc.integer({ min: -400, max: 400 }).map((hours) => hours * HOUR),
    )
    fc.assert(
      fc.property(time, time, fc.boolean(), (a, b, byHour) => {
        const [since, until] = [Math.min(a, b), Math.max(a, b)]
        const { days, hours, edges } = splitPeriod(since, until, byHour)
        const spans = [
          ...(days[0] < days[1] ? [[days[0] * 24 * HOUR, days[1] * 24 * HOUR]] : []),
          ...hours.map(([from, to]) => [from * HOUR, to * HOUR]),
          ...edges,
        ].toSorted((x, y) => x[0] - y[0])
        let at = since
        for (const [from, to] of spans as [number, number][]) {
          expect(from).toBe(at)
          at = to
        }
        expect(at).toBe(until)
        for (const [from, to] of edges) expect(to - from).toBeLessThan(2 * HOUR)
      }),
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ReaderConnection } from '../../src/store/sqlite/reader-connection.js'
import { WriterConnection } from '../../src/store/sqlite/writer-connection.js'
import { tempFolder } from '../support/temp.js'
import { cases } from '../support/thorough.js'
import { anyFilter, expectAnswers, insertPlainly, random, someRows, theirRows, withDatabase } from './rollup-support.js'

/** What may happen to a file. */
type Act =
  | { kind: 'ours'; writer: 0 | 1; count: number; seed: number }
  | { kind: 'theirs'; count: number; seed: number }
  | { kind: 'again'; seed: number }
  | { kind: 'delete'; share: number; from: 'top' | 'anywhere'; seed: number }
  | { kind: 'restore' }
  | { kind: 'background' }
  | { kind: 'rebuild' }
  | { kind: 'restart' }

const seed = fc.nat({ max: 1e6 })
const anyWriter = fc.constantFrom(0 as const, 1 as const)
const anyAct: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('ours' as const),
      writer: anyWriter,
      count: fc.integer({ min: 1, max: 400 }),
      seed,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('theirs' as const), count: fc.integer({ min: 1, max: 60 }), seed }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('again' as const), seed }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('delete' as const),
      share: fc.constantFrom(0.1, 0.5, 1),
      from: fc.constantFrom('top' as const, 'anywhere' as const),
      seed,
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom({ kind: 'restore' as const }, { kind: 'rebuild' as const }) },
  { weight: 2, arbitrary: fc.constantFrom({ kind: 'background' as const }, { kind: 'restart' as const }) },
)

describe('answers from the rollups', () => {
  it('equal plain SQL over the rows, whatever we and others have written, deleted and restored', () => {
    const folder = tempFolder()
    let files = 0
    fc.assert(
      fc.property(
        fc.array(anyAct, { minLength: 1, maxLength: 10 }),
        fc.array(anyFilter, { minLength: 8, maxLength: 8 }),
        (acts, filters) => {
          const file = new File(`${folder}/${files++}.db`)
          try {
            for (const one of acts) {
              file.perform(one)
              if (file.isRight) expectAnswers(file.path, [{}, ...filters.slice(0, 1)], file.reader)
            }
            file.settle()
            expectAnswers(file.path, [{}, ...filters], file.reader)
            expectAnswers(file.path, filters.slice(0, 2))
          } finally {
            file.close()
          }
        },
      ),
      { numRuns: cases(4, 40) },
    )
  }, 120_000)
})

class File {
  readonly path: string
  /** It keeps what it has read for later questions. */
  readonly reader: ReaderConnection
  /** Rows that were deleted in the middle are missed when the audit comes by. */
  isRight = true
  #writers: WriterConnection[]
  /** Values of rows, with a place for the link. */
  #deleted: unknown[][] = []

  constructor(path: string) {
    this.path = path
    this.reader = new ReaderConnection(path)
    this.#writers = [new WriterConnection(path), new WriterConnection(path)]
    this.#writers[0]?.insert([[]])
  }

  perform(act: Act): void {
    if (act.kind === 'ours')
      this.#writer(act.writer).insert([someRows(act.count, random(act.seed)), someRows(3, random(act.seed + 1))])
    else if (act.kind === 'theirs') insertPlainly(this.path, theirRows(act.count, random(act.seed)))
    else if (act.kind === 'again') {
      const rows = someRows(20, random(act.seed))
      expect(this.#writer(0).insert([rows, rows])).toEqual([20, 0])
    } else if (act.kind === 'delete') this.#delete(act.share, act.from, random(act.seed))
    else if (act.kind === 'restore') this.#restore()
    else if (act.kind === 'background') this.#writer(1).background(20)
    else if (act.kind === 'rebuild') this.#rebuild()
    else this.#restart()
  }

  /** Everything is taken in. */
  settle(): void {
    if (!this.isRight) this.#rebuild()
    while (this.#writer(0).rollups('status').rowsToGo > 0) this.#writer(0).background(1000)
  }

  close(): void {
    this.reader.close()
    this.#closeWriters()
  }

  #closeWriters(): void {
    for (const writer of this.#writers) writer.close()
  }

  #writer(number: 0 | 1): WriterConnection {
    return this.#writers[number] as WriterConnection
  }

  #rebuild(): void {
    let status = this.#writer(0).rollups('rebuild')
    while (status.rebuilding) status = this.#writer(0).rollups('continue')
    this.isRight = true
  }

  #restart(): void {
    this.#closeWriters()
    this.#writers = [new WriterConnection(this.path), new WriterConnection(this.path)]
  }

  #delete(share: number, from: 'top' | 'anywhere', next: () => number): void {
    withDatabase(this.path, (database) => {
      const rows = database.prepare('SELECT rowid, * FROM feature_usage ORDER BY rowid DESC').raw().all() as unknown[][]
      const count = Math.floor(rows.length * share)
      const gone = from === 'top' ? rows.slice(0, count) : rows.filter(() => next() < share)
      const remove = database.prepare('DELETE FROM feature_usage WHERE rowid = ?')
      for (const [rowid] of gone) remove.run(rowid)
      this.#deleted.push(...gone.map((row) => [...row.slice(1), null]))
      // Nobody can see that rows in the middle are gone without counting.
      if (gone.length > 0) this.isRight &&= gone[0]?.[0] === rows[0]?.[0]
    })
  }

  #restore(): void {
    insertPlainly(this.path, this.#deleted.splice(0).flat() as never)
  }
}

import { expect, it, onTestFinished } from 'vitest'
import { Chunk } from '../../src/store/sqlite/batch/chunk.js'
import { BatchEncoder } from '../../src/store/sqlite/batch/encoder.js'
import { Progress } from '../../src/store/sqlite/progress.js'
import { Spool } from '../../src/store/sqlite/spool/spool.js'
import { Intake } from '../../src/store/sqlite/write/intake.js'
import { ROW_WIDTH } from '../../src/store/sqlite/rows.js'
import { draft } from '../support/drafts.js'
import { tempDatabase } from '../support/temp.js'

it('a batch that a transaction is about to store keeps its records when its memory is given back', () => {
  const progress = new Progress()
  const spool = new Spool(tempDatabase(), 1e9, progress, { moved: () => {}, problem: () => {} })
  onTestFinished(() => {
    spool.close()
  })
  const intake = new Intake({ progress, spool, careful: 0, givenUp: [], onGivenUp: () => {} })
  const chunk = new Chunk(1, 65_536)
  const encoder = new BatchEncoder()
  const places: number[] = []
  for (let seq = 1, from = 0; seq <= 3; seq++) {
    encoder.begin(chunk, from)
    for (let index = 0; index < 5; index++)
      encoder.add(draft({ featureName: `feature ${seq}`, recordId: `${seq}-${index}` }))
    const end = encoder.end(seq, seq * 5)
    places.push(seq, 1, from, end - from)
    from = end
  }
  intake.accept([{ kind: 'batches', seq: 3, places, chunks: [[1, chunk.memory]], forget: [] }])

  const taken = intake.take(14)
  intake.releaseMemory(true)
  chunk.bytes.fill(0)
  const ids = taken.flatMap((item) => {
    if (item.kind !== 'batch') throw new Error('not a batch')
    const { values } = item.batch.rows()
    return Array.from({ length: values.length / ROW_WIDTH }, (_, row) => values[row * ROW_WIDTH])
  })
  expect(ids).toEqual([1, 2].flatMap((seq) => [0, 1, 2, 3, 4].map((index) => `${seq}-${index}`)))

  // What is stored of them is not read again; the rest comes back from the file.
  intake.settle(taken.slice(0, 1))
  const names = intake.take(10).map((item) => (item.kind === 'batch' ? item.batch.rows().values[1] : ''))
  expect(names).toEqual(['feature 2', 'feature 3'])
})

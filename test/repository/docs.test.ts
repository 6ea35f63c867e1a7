import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT, runNode } from '../support/child.js'
import { tempDatabase } from '../support/temp.js'

const documents = readdirSync(join(ROOT, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => ({ name, text: readFileSync(join(ROOT, 'docs', name), 'utf8') }))

const blocks = documents.flatMap(({ name, text }) =>
  [...text.matchAll(/^```js run\n([\s\S]*?)\n```$/gm)].map(([, code]) => ({ name, code: code as string })),
)

describe('docs', () => {
  it('have blocks that run', () => {
    expect(blocks.length).toBeGreaterThan(3)
  })

  it.each(blocks)('$name runs: $code', async ({ code }) => {
    const { code: exit, stderr } = await runNode(code, { env: { FEATURE_TRACKING_DB_PATH: tempDatabase() } })
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
  })

  it.each(documents)('$name is linked from README, and links only to what there is', ({ name, text }) => {
    expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(`(docs/${name}`)
    const targets = [...text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map(([, target]) => target as string)
    const local = targets.filter((target) => !/^https?:/.test(target))
    expect(local.filter((target) => !existsSync(join(ROOT, 'docs', target)))).toEqual([])
  })
})

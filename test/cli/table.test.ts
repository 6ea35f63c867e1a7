import pc from 'picocolors'
import { describe, expect, it } from 'vitest'
import { type Column, renderTable } from '../../src/cli/output/table.js'
import { measureFor } from '../../src/cli/output/width.js'

interface Row {
  name: string
  kind: string
  count: number
}

const COLUMNS: readonly Column<Row>[] = [
  { header: 'Name', text: (row) => row.name, cut: { comfortable: 10, least: 4 } },
  { header: 'Kind', text: (row) => row.kind, cut: { comfortable: 8, least: 4 }, leaveOut: 1 },
  { header: 'Number', align: 'right', text: (row) => String(row.count), short: { header: 'No' } },
]

const ROWS: readonly Row[] = [
  { name: 'a feature with a long name', kind: 'database_operation', count: 5 },
  { name: '漢字 ✓', kind: 'other', count: 1234 },
]

async function table(
  width: number | undefined,
  colors = pc.createColors(false),
): Promise<{ lines: string[]; leftOut: readonly string[] }> {
  const { lines, leftOut } = await renderTable(COLUMNS, ROWS, { width, colors })
  return { lines: [...lines].map((line) => line.trimEnd()), leftOut }
}

describe('renderTable', () => {
  it('shortens nothing without a width', async () => {
    expect((await table(undefined)).lines).toEqual([
      'Name                        Kind                Number',
      'a feature with a long name  database_operation       5',
      '漢字 ✓                      other                 1234',
    ])
  })

  it('cuts the widest texts first', async () => {
    expect((await table(36)).lines).toEqual([
      'Name           Kind           Number',
      'a feature wi…  database_ope…       5',
      '漢字 ✓         other            1234',
    ])
  })

  it('takes short forms before it cuts texts to the least', async () => {
    expect((await table(24)).lines).toEqual([
      'Name      Kind        No',
      'a featu…  databas…     5',
      '漢字 ✓    other     1234',
    ])
  })

  it('leaves columns out where nothing else helps, and says which', async () => {
    const { lines, leftOut } = await table(14)
    expect(leftOut).toEqual(['Kind'])
    expect(lines[1]).toBe('a featu…     5')
  })

  it('fits every width from the narrowest on', async () => {
    const { widthOf } = await measureFor(ROWS.map((row) => row.name))
    for (let width = 10; width < 60; width++)
      for (const line of (await table(width)).lines)
        expect(widthOf(line), `${width}: ${line}`).toBeLessThanOrEqual(width)
  })

  it('colours after it has aligned', async () => {
    const { lines } = await table(undefined, pc.createColors(true))
    expect(lines[0]).toContain('\u001b[1mName                      \u001b[22m')
  })

  it('prints the header alone for no rows', async () => {
    const { lines } = await renderTable(COLUMNS, [], { width: 80, colors: pc.createColors(false) })
    expect([...lines]).toEqual(['Name  Kind  Number\n'])
  })
})

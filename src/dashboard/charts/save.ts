import { colour } from './colours.js'
import { type PlotData, exactRows, headings } from './data.js'

type Cell = string | number | null

/** A cell that a spreadsheet does not take for a formula. */
function csvCell(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  const harmless = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

function csv(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('')
}

/** A name that every system takes for a file. */
function fileName(title: string, extension: string): string {
  const plain = title.replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-|-$/g, '')
  return `${plain.slice(0, 80) || 'chart'}.${extension}`
}

export function saveBlob(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => {
    URL.revokeObjectURL(address)
  }, 10_000)
}

export function saveTable(title: string, heads: readonly string[], rows: readonly (readonly Cell[])[]): void {
  saveBlob(new Blob([csv([heads, ...rows])], { type: 'text/csv;charset=utf-8' }), fileName(title, 'csv'))
}

export function saveCsv(title: string, data: PlotData): void {
  saveTable(title, headings(data), exactRows(data))
}

export function saveJson(title: string, value: unknown): void {
  saveBlob(new Blob([JSON.stringify(value, null, 2)], { type: 'application/json' }), fileName(title, 'json'))
}

const HEAD = 56
const EDGE = 16

/** The chart with its title and legend, on the page's own background. */
export function savePng(title: string, data: PlotData, chart: HTMLCanvasElement): void {
  const scale = devicePixelRatio
  const canvas = document.createElement('canvas')
  canvas.width = chart.width + 2 * EDGE * scale
  canvas.height = chart.height + (HEAD + EDGE) * scale
  const context = canvas.getContext('2d')
  if (context === null) return
  context.fillStyle = colour('surface')
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.drawImage(chart, EDGE * scale, HEAD * scale)
  context.scale(scale, scale)
  const { fontFamily } = getComputedStyle(document.body)
  context.fillStyle = colour('text')
  context.font = `600 14px ${fontFamily}`
  context.fillText(title, EDGE, 24)
  drawLegend(context, data, fontFamily)
  canvas.toBlob((blob) => {
    if (blob !== null) saveBlob(blob, fileName(title, 'png'))
  }, 'image/png')
}

function drawLegend(context: CanvasRenderingContext2D, data: PlotData, fontFamily: string): void {
  context.font = `12px ${fontFamily}`
  let left = EDGE
  for (const { label, tone } of data.series) {
    context.fillStyle = colour(tone)
    context.fillRect(left, 36, 10, 10)
    context.fillStyle = colour('text-soft')
    context.fillText(label, left + 16, 45)
    left += 32 + context.measureText(label).width
  }
}

import { createRequire } from 'node:module'
import { Resvg } from '@resvg/resvg-js'
import { area, line } from 'd3-shape'

const width = 560
const height = 150
const left = 8
const right = 78
const top = 14
const bottom = 26

// System fonts are not looked for: text would vanish where there are none, and looking takes longer than drawing.
const font = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf')

/** A point of the curve, time in ms. */
export interface ChartPoint {
  readonly atMs: number
  readonly value: number
}

/**
 * Draws a curve as a PNG of 1120 × 300 pixels, for a place half as large: green when it ends no lower than it began. It has a
 * white ground of its own, which both light and dark mails show. Undefined for less than two points.
 */
export function equityChart(
  points: readonly ChartPoint[],
  labels: { readonly from: string; readonly until: string; valueOf(value: number): string },
): Buffer | undefined {
  const first = points[0]
  const last = points.at(-1)
  if (!first || !last || points.length < 2) return undefined
  const values = points.map(({ value }) => value)
  const lowest = Math.min(...values)
  const highest = Math.max(...values)
  // A flat curve lies in the middle.
  const reach = highest - lowest || Math.abs(highest) || 1
  const middle = highest === lowest ? 0.5 : 0
  const x = ({ atMs }: ChartPoint) =>
    left + ((atMs - first.atMs) / Math.max(1, last.atMs - first.atMs)) * (width - left - right)
  const yOf = (value: number) => top + (1 - middle - (value - lowest) / reach) * (height - top - bottom)
  const y = ({ value }: ChartPoint) => yOf(value)
  const colour = last.value >= first.value ? '#0f7b4f' : '#b3372f'
  const path = line<ChartPoint>(x, y)([...points]) ?? ''
  const ground = area<ChartPoint>(x, height - bottom, y)([...points]) ?? ''
  const text = (at: { x: number; y: number; anchor: string; colour?: string }, words: string) =>
    `<text x="${at.x}" y="${at.y}" text-anchor="${at.anchor}" font-family="DejaVu Sans" font-size="11" fill="${at.colour ?? '#5f6b7a'}">${escaped(words)}</text>`
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<rect width="${width}" height="${height}" rx="8" fill="#ffffff"/>
<line x1="${left}" x2="${width - right}" y1="${yOf(first.value)}" y2="${yOf(first.value)}" stroke="#c9d1da" stroke-dasharray="3 3"/>
<path d="${ground}" fill="${colour}" fill-opacity="0.12"/>
<path d="${path}" fill="none" stroke="${colour}" stroke-width="2" stroke-linejoin="round"/>
<circle cx="${x(last)}" cy="${y(last)}" r="3.5" fill="${colour}"/>
${text({ x: width - right + 8, y: Math.min(Math.max(y(last) + 4, top + 4), height - bottom), anchor: 'start', colour }, labels.valueOf(last.value))}
${text({ x: left, y: height - 8, anchor: 'start' }, labels.from)}
${text({ x: width - right, y: height - 8, anchor: 'end' }, labels.until)}
</svg>`
  const drawn = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: 2 },
    font: { loadSystemFonts: false, fontFiles: [font], defaultFontFamily: 'DejaVu Sans' },
  })
  return drawn.render().asPng()
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

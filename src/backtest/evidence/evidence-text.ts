import { change, count, figure, percent } from '../summary/format.ts'
import type { Evidence } from './evidence.ts'

const headings = [
  'source',
  'signals',
  'BUY',
  'hit rate (95 %)',
  'random',
  'p',
  'per trade',
  'random',
  'profit factor',
  'random',
  'p',
]

/** p under this is more than chance. */
const rare = 0.05

/** The evidence as a table of Markdown, which a terminal shows as well, and a sentence about each source. */
export function evidenceText(rows: readonly Evidence[]): string {
  const cells = rows.map(({ source, signals, longs, hits, trades }) => [
    source,
    count(signals),
    percent(longs, 0),
    hits.share === null
      ? '–'
      : `${percent(hits.share, 1)} (${percent(hits.low, 1)} to ${percent(hits.high, 1)})`,
    percent(hits.random, 1),
    probability(hits.p),
    change(trades.mean, 3),
    change(trades.randomMean, 3),
    figure(trades.factor),
    figure(trades.randomFactor),
    probability(trades.p),
  ])
  const widths = headings.map((heading, i) =>
    Math.max(heading.length, ...cells.map((row) => row[i]?.length ?? 0)),
  )
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  return [line(headings), rule, ...cells.map(line), '', ...rows.map(verdictOf)].join('\n')
}

/** What the numbers say, and no more. */
export function verdictOf({ source, signals, hits, trades }: Evidence): string {
  if (signals === 0 || trades.mean === null) return `${source} said nothing that could be traded.`
  const isRare = (p: number | null) => p !== null && p < rare
  const often = isRare(hits.p) ? 'more often than chance' : 'no more often than chance'
  const beside = isRare(trades.p) ? 'better than chance' : 'no better than chance'
  return `${source} was right ${often} (p ${probability(hits.p)}). Its trades ${outcome(trades.mean)} each after fees, random ones ${outcome(trades.randomMean ?? 0)}: ${beside} (p ${probability(trades.p)}).`
}

function outcome(mean: number): string {
  return `${mean > 0 ? 'brought' : 'lost'} ${percent(Math.abs(mean), 3)}`
}

function probability(p: number | null): string {
  return p === null ? '–' : p.toFixed(3)
}

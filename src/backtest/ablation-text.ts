import type { AblationRow } from './ablation.ts'
import { change, count, gain, percent } from './summary/format.ts'

const headings = [
  'without',
  'trades',
  'win rate',
  'profit',
  'of capital',
  'difference',
  'max drawdown',
  'other entries',
]

/** The rows as a table for the terminal; what changed nothing says so. */
export function ablationText(rows: readonly AblationRow[]): string {
  const whole = rows[0]
  const cells = rows.map((row) => [
    row.without ?? '(nothing)',
    count(row.trades),
    percent(row.winRate, 1),
    gain(row.profit),
    change(row.profitRatio),
    row === whole ? '' : gain(row.profit - (whole?.profit ?? 0)),
    percent(row.maxDrawdown),
    row === whole ? '' : row.changes ? `+${count(row.more)} −${count(row.fewer)}` : 'changes nothing',
  ])
  const widths = headings.map((heading, i) =>
    Math.max(heading.length, ...cells.map((row) => row[i]?.length ?? 0)),
  )
  return [headings, ...cells]
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('   ')
        .trimEnd(),
    )
    .join('\n')
}

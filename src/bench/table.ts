import type { Row } from './row.ts'

/** Rows for people: one line each, what should be known about it under it. */
export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.pass ? '✓' : '✗',
    row.id,
    `${shown(row.ratio)}×`,
    `${shown(row.spread[0])}–${shown(row.spread[1])}`,
    shown(row.floor),
    shown(row.ours),
    row.goal,
    row.metric,
  ])
  const lines = [['', 'id', 'ratio', 'spread', 'floor', 'ours', 'goal', 'metric'], ...cells]
  const widths =
    lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? []
  return lines
    .flatMap((line, i) => {
      const text = line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')
      const detail = rows[i - 1]?.detail
      return detail === undefined ? [text.trimEnd()] : [text.trimEnd(), `     ${detail}`]
    })
    .join('\n')
}

function shown(value: number): string {
  return value >= 10_000 ? Math.round(value).toLocaleString('en') : String(value)
}

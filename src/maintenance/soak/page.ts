import type { Soaked } from './watch.ts'

const size = { width: 900, height: 220, left: 60, bottom: 30 }

/** A page with the memory of each process over time, for a browser. */
export function soakPage(soaked: readonly Soaked[], minutes: number): string {
  const charts = soaked.map(
    (one) => `<h2>${escaped(one.name)}</h2><p>${slopeText(one)}</p>${chart(one, minutes)}`,
  )
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Memory over ${minutes} minutes</title>
<style>body{font:15px system-ui;margin:2rem auto;max-width:${size.width}px}polyline{fill:none;stroke:#2563eb;stroke-width:1.5}text{font-size:12px;fill:#555}line{stroke:#ddd}</style>
<h1>Memory over ${minutes} minutes</h1><p>Resident memory by the heartbeats, means of a minute. The slope is of what follows the first sixth.</p>
${charts.join('\n')}</html>\n`
}

/** How fast a process grows, in words. */
export function slopeText({ slope, points }: Soaked): string {
  const last = points.at(-1)?.mb.toFixed(0) ?? '?'
  if (!slope) return `${last} MB; too short for a slope`
  const { mbPerHour, from, to } = slope
  return `${last} MB, ${signed(mbPerHour)} MB per hour (95 %: ${signed(from)} to ${signed(to)})`
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`
}

function chart({ points }: Soaked, minutes: number): string {
  const most = Math.max(50, ...points.map(({ mb }) => mb)) * 1.1
  const x = (hours: number) => size.left + (hours / (minutes / 60)) * (size.width - size.left)
  const y = (mb: number) => (size.height - size.bottom) * (1 - mb / most)
  const lines = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const at = y(most * share).toFixed(1)
    return `<line x1="${size.left}" x2="${size.width}" y1="${at}" y2="${at}"/><text x="0" y="${at}">${(most * share).toFixed(0)} MB</text>`
  })
  const path = points.map(({ hours, mb }) => `${x(hours).toFixed(1)},${y(mb).toFixed(1)}`).join(' ')
  return `<svg viewBox="0 -12 ${size.width} ${size.height}" role="img" aria-label="memory over time">${lines.join('')}<polyline points="${path}"/><text x="${size.left}" y="${size.height - 15}">0</text><text x="${size.width - 50}" y="${size.height - 15}">${minutes} min</text></svg>`
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const names = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A mark on a time axis. */
export interface TimeTick {
  readonly time_ms: number
  readonly label: string
}

/** At most ten or so marks at whole hours, days or months (UTC), whichever suits the span. */
export function timeTicks(fromMs: number, toMs: number): TimeTick[] {
  const days = (toMs - fromMs) / dayMs
  if (days > 62)
    return monthTicks(fromMs, toMs, [1, 2, 3, 6, 12, 24, 60].find((step) => days / 30 / step <= 10) ?? 120)
  const hours = [1, 2, 3, 6, 12, 24, 48, 120, 240].find((step) => (days * 24) / step <= 10) ?? 240
  const stepMs = hours * hourMs
  const first = Math.ceil(fromMs / stepMs) * stepMs
  const length = Math.max(0, Math.floor((toMs - first) / stepMs) + 1)
  return Array.from({ length }, (_, i) => first + i * stepMs).map((time_ms) => {
    const date = new Date(time_ms)
    const isMidnight = time_ms % dayMs === 0
    return {
      time_ms,
      label: isMidnight
        ? `${date.getUTCDate()} ${names[date.getUTCMonth()]}`
        : date.toISOString().slice(11, 16),
    }
  })
}

function monthTicks(fromMs: number, toMs: number, step: number): TimeTick[] {
  const start = new Date(fromMs)
  const ticks: TimeTick[] = []
  for (let month = start.getUTCFullYear() * 12 + start.getUTCMonth(); ; month += 1) {
    const time_ms = Date.UTC(Math.floor(month / 12), month % 12, 1)
    if (time_ms > toMs) return ticks
    if (time_ms < fromMs || month % step !== 0) continue
    const isFirst = ticks.length === 0 || month % 12 === 0
    ticks.push({ time_ms, label: `${names[month % 12]}${isFirst ? ` ${Math.floor(month / 12)}` : ''}` })
  }
}

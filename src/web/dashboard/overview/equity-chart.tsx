import {
  AreaSeries,
  createChart,
  type IChartApi,
  type ISeriesApi,
  type UTCTimestamp,
} from 'lightweight-charts'
import { useEffect, useRef } from 'react'
import { chartLook, colourOf, fade } from '../parts/chart-look.ts'
import { clock, day, money, percent } from '../parts/format.ts'
import { onColoursChange } from '../shell/theme.ts'
import type { EquityPoint } from './equity-curve.ts'

const dayMs = 86_400_000

interface EquityChartProps {
  readonly points: readonly EquityPoint[]
  readonly drawdown: readonly { readonly atMs: number; readonly ratio: number }[]
  /** What the picture says, for who cannot see it. */
  readonly label: string
}

interface Drawn {
  readonly chart: IChartApi
  readonly equity: ISeriesApi<'Area'>
  readonly drawdown: ISeriesApi<'Area'>
}

/** The curve itself; loaded apart from the page, as the library is as large as all the rest. */
export default function EquityChart({ points, drawdown, label }: EquityChartProps) {
  const place = useRef<HTMLDivElement>(null)
  const drawn = useRef<Drawn>(undefined)

  useEffect(() => {
    if (!place.current) return
    const made = draw(place.current)
    drawn.current = made
    const forget = onColoursChange(() => paint(made))
    paint(made)
    return () => {
      forget()
      made.chart.remove()
    }
  }, [])

  useEffect(() => {
    if (!drawn.current) return
    const { chart, equity, drawdown: below } = drawn.current
    const spanMs = (points.at(-1)?.atMs ?? 0) - (points[0]?.atMs ?? 0)
    chart.applyOptions({
      timeScale: {
        tickMarkFormatter: (time: UTCTimestamp) => (spanMs > 2 * dayMs ? day : clock)(time * 1_000),
      },
    })
    equity.setData(toSeries(points.map(({ atMs, equity: value }) => ({ atMs, value }))))
    below.setData(toSeries(drawdown.map(({ atMs, ratio }) => ({ atMs, value: ratio }))))
    chart.timeScale().fitContent()
  }, [points, drawdown])

  return <div ref={place} role="img" aria-label={label} className="size-full" />
}

function draw(place: HTMLElement): Drawn {
  const chart = createChart(place, {
    ...chartLook(),
    autoSize: true,
    handleScroll: false,
    handleScale: false,
  })
  const equity = chart.addSeries(AreaSeries, {
    lineWidth: 2,
    priceLineVisible: false,
    priceFormat: { type: 'custom', formatter: money },
  })
  const drawdown = chart.addSeries(
    AreaSeries,
    {
      lineWidth: 1,
      invertFilledArea: true,
      priceLineVisible: false,
      lastValueVisible: false,
      priceFormat: { type: 'custom', formatter: percent, minMove: 0.0001 },
    },
    1,
  )
  const [above, below] = chart.panes()
  above?.setStretchFactor(4)
  below?.setStretchFactor(1)
  return { chart, equity, drawdown }
}

/** Whole seconds, each once, ascending: what the library asks for. */
function toSeries(points: readonly { readonly atMs: number; readonly value: number }[]) {
  const bySecond = new Map(points.map(({ atMs, value }) => [Math.floor(atMs / 1_000), value]))
  return [...bySecond]
    .sort(([a], [b]) => a - b)
    .map(([time, value]) => ({ time: time as UTCTimestamp, value }))
}

function paint({ chart, equity, drawdown }: Drawn): void {
  const accent = colourOf('--accent')
  const down = colourOf('--down')
  const look = chartLook()
  chart.applyOptions({
    ...look,
    rightPriceScale: { ...look.rightPriceScale, scaleMargins: { top: 0.12, bottom: 0.08 } },
    timeScale: { ...look.timeScale, fixLeftEdge: true, fixRightEdge: true },
  })
  equity.applyOptions({ lineColor: accent, topColor: fade(accent, 0.28), bottomColor: fade(accent, 0.02) })
  drawdown.applyOptions({ lineColor: down, topColor: fade(down, 0.05), bottomColor: fade(down, 0.25) })
}

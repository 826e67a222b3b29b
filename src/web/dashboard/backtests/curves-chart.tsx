import {
  createChart,
  type IChartApi,
  type ISeriesApi,
  LineSeries,
  LineStyle,
  type UTCTimestamp,
} from 'lightweight-charts'
import { useEffect, useRef } from 'react'
import type { WholeBacktest } from '../../api/backtest-answers.ts'
import { chartLook, colourOf } from '../parts/chart-look.ts'
import { percent } from '../parts/format.ts'
import { onColoursChange } from '../shell/theme.ts'

interface Line {
  readonly name: string
  readonly curve: NonNullable<WholeBacktest['curve']>
  readonly capital: number
  readonly colour: string
}

interface Painted {
  readonly series: ISeriesApi<'Line'>
  readonly colour: string
}

/** What became of the capital in each run, in percent, and below it how far under its peak. Loaded apart from the page. */
export default function CurvesChart({ lines, label }: { lines: readonly Line[]; label: string }) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!place.current) return
    const chart = createChart(place.current, {
      ...chartLook(),
      autoSize: true,
      handleScroll: false,
      handleScale: false,
    })
    const painted = lines.flatMap((line) => drawn(chart, line, lines.length === 1))
    const [above, below] = chart.panes()
    above?.setStretchFactor(3)
    below?.setStretchFactor(1)
    chart.timeScale().fitContent()
    const paint = () => {
      const look = chartLook()
      chart.applyOptions({ ...look, timeScale: { ...look.timeScale, fixLeftEdge: true, fixRightEdge: true } })
      for (const { series, colour } of painted) series.applyOptions({ color: colourOf(colour) })
    }
    paint()
    const forget = onColoursChange(paint)
    return () => {
      forget()
      chart.remove()
    }
  }, [lines])
  return <div ref={place} role="img" aria-label={label} className="size-full" />
}

function drawn(chart: IChartApi, { curve, capital, colour }: Line, isAlone: boolean): Painted[] {
  const line = (values: readonly number[], token: string, pane: number, isDashed: boolean): Painted => {
    const series = chart.addSeries(
      LineSeries,
      {
        lineWidth: pane === 0 && !isDashed ? 2 : 1,
        lineStyle: isDashed ? LineStyle.Dashed : LineStyle.Solid,
        priceLineVisible: false,
        lastValueVisible: pane === 0,
        priceFormat: { type: 'custom', formatter: percent, minMove: 0.0001 },
      },
      pane,
    )
    series.setData(points(curve.times, values))
    return { series, colour: token }
  }
  const growth = (values: readonly number[]) => values.map((value) => value / capital - 1)
  return [
    ...(isAlone && curve.hold.length > 0 ? [line(growth(curve.hold), '--muted', 0, true)] : []),
    line(growth(curve.account), colour, 0, false),
    line(curve.depth, isAlone ? '--down' : colour, 1, false),
  ]
}

/** Whole seconds, each once and rising: what the library asks for. */
function points(times: readonly number[], values: readonly number[]) {
  const bySecond = new Map(times.map((time, i) => [Math.floor(time / 1_000), values[i] ?? 0]))
  return [...bySecond]
    .sort(([a], [b]) => a - b)
    .map(([time, value]) => ({ time: time as UTCTimestamp, value }))
}

import {
  AreaSeries,
  createChart,
  type IChartApi,
  type ISeriesApi,
  type UTCTimestamp,
} from 'lightweight-charts'
import { useEffect, useRef } from 'react'
import { clock, day, fullTime, money } from '../parts/format.ts'
import { onColoursChange } from '../shell/theme.ts'
import type { EquityPoint } from './equity.tsx'

const dayMs = 86_400_000

/** The curve itself; loaded apart from the page, as the library is as large as all the rest. */
export default function EquityChart({ points, label }: { points: readonly EquityPoint[]; label: string }) {
  const place = useRef<HTMLDivElement>(null)
  const drawn = useRef<{ chart: IChartApi; series: ISeriesApi<'Area'> }>(undefined)

  useEffect(() => {
    if (!place.current) return
    const chart = createChart(place.current, {
      autoSize: true,
      handleScroll: false,
      handleScale: false,
      layout: { attributionLogo: false }, // it would need an inline style; the footer links to its makers
    })
    const series = chart.addSeries(AreaSeries, { lineWidth: 2, priceLineVisible: false })
    drawn.current = { chart, series }
    const paint = () => applyColours(chart, series)
    const forget = onColoursChange(paint)
    paint()
    return () => {
      forget()
      chart.remove()
    }
  }, [])

  useEffect(() => {
    if (!drawn.current) return
    const { chart, series } = drawn.current
    const spanMs = (points.at(-1)?.atMs ?? 0) - (points[0]?.atMs ?? 0)
    chart.applyOptions({
      timeScale: {
        tickMarkFormatter: (time: UTCTimestamp) => (spanMs > 2 * dayMs ? day : clock)(time * 1_000),
      },
    })
    series.setData(toSeries(points))
    chart.timeScale().fitContent()
  }, [points])

  return <div ref={place} role="img" aria-label={label} className="size-full" />
}

/** Whole seconds, each once, ascending: what the library asks for. */
function toSeries(points: readonly EquityPoint[]) {
  const bySecond = new Map(points.map(({ atMs, equity }) => [Math.floor(atMs / 1_000), equity]))
  return [...bySecond]
    .sort(([a], [b]) => a - b)
    .map(([time, value]) => ({ time: time as UTCTimestamp, value }))
}

function applyColours(chart: IChartApi, series: ISeriesApi<'Area'>): void {
  const colour = colourReader()
  const accent = colour('--accent')
  chart.applyOptions({
    layout: {
      background: { color: 'transparent' },
      textColor: colour('--muted'),
      fontFamily: getComputedStyle(document.body).fontFamily,
      fontSize: 11,
    },
    grid: { vertLines: { visible: false }, horzLines: { color: colour('--line') } },
    rightPriceScale: {
      borderVisible: false,
      entireTextOnly: true,
      scaleMargins: { top: 0.12, bottom: 0.08 },
    },
    timeScale: { borderVisible: false, timeVisible: true, fixLeftEdge: true, fixRightEdge: true },
    crosshair: { horzLine: { labelBackgroundColor: accent }, vertLine: { labelBackgroundColor: accent } },
    localization: { priceFormatter: money, timeFormatter: (time: UTCTimestamp) => fullTime(time * 1_000) },
  })
  series.applyOptions({ lineColor: accent, topColor: fade(accent, 0.28), bottomColor: fade(accent, 0.02) })
}

/** Reads the page's colours as the browser computes them for the current scheme. */
function colourReader(): (name: string) => string {
  return (name) => {
    const probe = document.createElement('span')
    probe.style.color = `var(${name})`
    document.body.append(probe)
    const { color } = getComputedStyle(probe)
    probe.remove()
    return color
  }
}

function fade(rgb: string, alpha: number): string {
  return rgb.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`)
}

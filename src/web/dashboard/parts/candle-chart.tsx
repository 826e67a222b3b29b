import {
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  type IChartApi,
  type IPriceLine,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  LineSeries,
  LineStyle,
  LineType,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts'
import { useEffect, useRef } from 'react'
import type { Candle } from '../../api/candles.ts'
import { onColoursChange } from '../shell/theme.ts'
import { chartLook, colourOf } from './chart-look.ts'
import type { PriceLevel, PriceMarker, PriceSteps } from './chart-marks.ts'
import { clock, day, price } from './format.ts'

interface CandleChartProps {
  readonly candles: readonly Candle[]
  /** Drawn across the chart; they move with every render. */
  readonly levels: readonly PriceLevel[]
  readonly markers: readonly PriceMarker[]
  readonly steps: readonly PriceSteps[]
  /** What the picture says, for who cannot see it. */
  readonly label: string
}

interface Drawn {
  readonly chart: IChartApi
  readonly candles: ISeriesApi<'Candlestick'>
  readonly markers: ISeriesMarkersPluginApi<Time>
  readonly lines: Map<string, IPriceLine>
  readonly steps: Map<string, ISeriesApi<'Line'>>
}

const colours = { up: '--up', down: '--down', warn: '--warn', accent: '--accent', plain: '--muted' } as const
const dayMs = 86_400_000

/** Candles with what was bought, sold and is watched on them; loaded apart from the page. */
export default function CandleChart({ candles, levels, markers, steps, label }: CandleChartProps) {
  const place = useRef<HTMLDivElement>(null)
  const drawn = useRef<Drawn>(undefined)
  const latest = useRef({ candles, levels, markers, steps })
  latest.current = { candles, levels, markers, steps }

  useEffect(() => {
    if (!place.current) return
    const made = draw(place.current, () => latest.current.levels)
    drawn.current = made
    const repaint = () => {
      paint(made)
      drawLevels(made, latest.current.levels)
      drawMarkers(made, latest.current.markers)
      drawSteps(made, latest.current)
    }
    const forget = onColoursChange(repaint)
    paint(made)
    return () => {
      forget()
      made.chart.remove()
    }
  }, [])

  useEffect(() => {
    if (!drawn.current) return
    const { chart, candles: series } = drawn.current
    const spanMs = Date.parse(candles.at(-1)?.at ?? '') - Date.parse(candles[0]?.at ?? '')
    chart.applyOptions({
      timeScale: {
        tickMarkFormatter: (time: UTCTimestamp) => (spanMs > 3 * dayMs ? day : clock)(time * 1_000),
      },
    })
    series.setData(
      candles.map(({ at, open, high, low, close }) => ({ time: second(at), open, high, low, close })),
    )
    chart.timeScale().fitContent()
  }, [candles])

  useEffect(() => {
    if (drawn.current) drawSteps(drawn.current, { candles, steps })
  }, [candles, steps])
  useEffect(() => {
    if (drawn.current) drawMarkers(drawn.current, markers)
  }, [markers])
  useEffect(() => {
    if (drawn.current) drawLevels(drawn.current, levels)
  }, [levels])

  return <div ref={place} role="img" aria-label={label} className="size-full" />
}

function second(at: string): UTCTimestamp {
  return Math.floor(Date.parse(at) / 1_000) as UTCTimestamp
}

function draw(place: HTMLElement, levels: () => readonly PriceLevel[]): Drawn {
  const chart = createChart(place, { ...chartLook(), autoSize: true, handleScroll: { vertTouchDrag: false } })
  const candles = chart.addSeries(CandlestickSeries, {
    borderVisible: false,
    priceLineVisible: false,
    lastValueVisible: false,
    priceFormat: { type: 'custom', formatter: price, minMove: 0.00000001 },
    // The library scales to candles alone; a stop that is out of sight would not be seen to come nearer.
    autoscaleInfoProvider: (
      original: () => { priceRange: { minValue: number; maxValue: number } | null } | null,
    ) => {
      const found = original()
      if (!found?.priceRange) return found
      const prices = levels().map((level) => level.price)
      const { minValue, maxValue } = found.priceRange
      return {
        ...found,
        priceRange: { minValue: Math.min(minValue, ...prices), maxValue: Math.max(maxValue, ...prices) },
      }
    },
  })
  return { chart, candles, markers: createSeriesMarkers(candles, []), lines: new Map(), steps: new Map() }
}

function paint({ chart, candles }: Drawn): void {
  const [up, down] = [colourOf('--up'), colourOf('--down')]
  chart.applyOptions(chartLook())
  candles.applyOptions({ upColor: up, downColor: down, wickUpColor: up, wickDownColor: down })
}

/** Moves the lines that are there, so that a price that ticks costs no new line. */
function drawLevels({ candles, lines }: Drawn, levels: readonly PriceLevel[]): void {
  for (const { name, price: value, tone, isDashed } of levels) {
    const options = {
      price: value,
      title: name,
      color: colourOf(colours[tone]),
      lineWidth: 1 as const,
      lineStyle: isDashed ? LineStyle.Dashed : LineStyle.Solid,
    }
    const line = lines.get(name)
    if (line) line.applyOptions(options)
    else lines.set(name, candles.createPriceLine(options))
  }
  for (const [name, line] of lines) {
    if (levels.some((level) => level.name === name)) continue
    candles.removePriceLine(line)
    lines.delete(name)
  }
}

function drawMarkers({ markers: plugin }: Drawn, markers: readonly PriceMarker[]): void {
  plugin.setMarkers(
    markers.map(({ at, text, direction, tone }) => ({
      time: second(at),
      text,
      color: colourOf(colours[tone]),
      position: direction === 'buy' ? ('belowBar' as const) : ('aboveBar' as const),
      shape: direction === 'buy' ? ('arrowUp' as const) : ('arrowDown' as const),
    })),
  )
}

/** Each step begins with a candle: a moment between two would push them apart. */
function drawSteps(
  { chart, steps: series }: Drawn,
  { candles, steps }: Pick<CandleChartProps, 'candles' | 'steps'>,
): void {
  const times = candles.map(({ at }) => second(at))
  const [first = 0] = times
  const candleSeconds = Math.min(...times.slice(1).map((time, index) => time - (times[index] ?? 0)))
  const begin = (at: string) =>
    (first + Math.floor((second(at) - first) / candleSeconds) * candleSeconds) as UTCTimestamp
  for (const { name, tone, points } of steps) {
    const line =
      series.get(name) ?? chart.addSeries(LineSeries, { lineType: LineType.WithSteps, lineWidth: 1 })
    series.set(name, line)
    line.applyOptions({
      color: colourOf(colours[tone]),
      priceLineVisible: false,
      lastValueVisible: false,
      crosshairMarkerVisible: false,
    })
    const bySecond = new Map(points.map((point) => [begin(point.at), point.price]))
    line.setData([...bySecond].sort(([a], [b]) => a - b).map(([time, value]) => ({ time, value })))
  }
}

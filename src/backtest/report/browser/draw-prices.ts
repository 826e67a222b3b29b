import type {
  ISeriesPrimitive,
  Logical,
  SeriesAttachedParameter,
  Time,
  UTCTimestamp,
} from 'lightweight-charts'
import type { DrawnTrade, PackedCandles, PricePage } from '../price-page.ts'
import type { Canvas, paintTrade } from './paint-trade.ts'
import type { unpackCandles } from './unpack-candles.ts'

/** What it is given, for it cannot import in the page. */
interface Given {
  readonly library: typeof import('lightweight-charts')
  readonly unpack: typeof unpackCandles
  readonly paint: typeof paintTrade
}

/**
 * Runs in the page: draws the candles of a symbol with its trades, or one trade in short candles. Its text goes into the page, so it may
 * use nothing but itself and what it is given.
 */
export function drawPrices({ library, unpack, paint }: Given): void {
  const place = document.getElementById('price-chart')
  const canvas = place?.querySelector<HTMLElement>('.canvas')
  const select = place?.querySelector('select')
  const told = place?.querySelector<HTMLElement>('.told')
  const source = document.getElementById('price-data')?.textContent
  if (!place || !canvas || !select || !told || !source) return
  const page: PricePage = JSON.parse(source)
  const chart = library.createChart(canvas, { autoSize: true, layout: { attributionLogo: false } })
  const series = chart.addSeries(library.CandlestickSeries, {
    priceLineVisible: false,
    lastValueVisible: false,
  })
  let symbol = 0
  let chosen: number | undefined
  let times: number[] = []
  let interval = 60
  let drawn: DrawnTrade[] = []
  let ink: Canvas['ink'] = { up: '', down: '', stop: '', entry: '', edge: '' }
  let redraw = () => {}

  /** Which candle a moment lies in; the one before it where none does. */
  function placeOf(time: number): number {
    let low = 0
    let high = times.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((times[middle] ?? 0) <= time) low = middle + 1
      else high = middle
    }
    return Math.max(0, low - 1)
  }

  const colour = (name: string) => {
    const probe = document.createElement('span')
    probe.style.color = `var(${name})`
    document.body.append(probe)
    const { color } = getComputedStyle(probe)
    probe.remove()
    return color
  }

  function draw(context: CanvasRenderingContext2D): void {
    const canvas: Canvas = {
      context,
      ink,
      size: chosen !== undefined ? 6 : drawn.length > 60 ? 3.5 : 4.5,
      x: (time) => chart.timeScale().logicalToCoordinate(placeOf(time) as Logical) ?? 0,
      y: (price) => series.priceToCoordinate(price) ?? -1,
    }
    const { width } = context.canvas
    for (const trade of drawn)
      if (canvas.x(trade.exits.at(-1)?.[0] ?? trade.at) > -20 && canvas.x(trade.at) < width)
        paint(trade, canvas)
  }

  const overlay: ISeriesPrimitive<Time> = {
    attached: (attached: SeriesAttachedParameter<Time>) => {
      redraw = attached.requestUpdate
    },
    paneViews: () => [
      {
        zOrder: () => 'top',
        renderer: () => ({
          draw: (target) => target.useMediaCoordinateSpace(({ context }) => draw(context)),
        }),
      },
    ],
    autoscaleInfo: () => {
      const trade = chosen === undefined ? undefined : page.trades[chosen]
      if (!trade) return null
      const prices = [
        trade.price,
        ...trade.exits.map(([, price]) => price),
        ...trade.stops.map(([, price]) => price),
      ]
      const known = prices.filter((price) => price !== null)
      return { priceRange: { minValue: Math.min(...known), maxValue: Math.max(...known) } }
    },
  }
  series.attachPrimitive(overlay)

  function load(packed: PackedCandles): void {
    const { decimals } = page.symbols[symbol] ?? { decimals: 2 }
    const candles = unpack(packed, 10 ** decimals).map((candle) => ({
      ...candle,
      time: candle.time as UTCTimestamp,
    }))
    times = candles.map(({ time }) => time)
    interval = packed.interval
    series.applyOptions({ priceFormat: { type: 'price', precision: decimals, minMove: 10 ** -decimals } })
    series.setData(candles)
    chart.timeScale().fitContent()
    redraw()
  }

  const length = (seconds: number) => (seconds < 3_600 ? `${seconds / 60} min` : `${seconds / 3_600} h`)

  function showAll(): void {
    const packed = page.symbols[symbol]
    if (!packed || !told) return
    chosen = undefined
    drawn = page.trades.filter((trade) => trade.symbol === symbol)
    load(packed)
    told.textContent = `${packed.name}: ${drawn.length} trades, a candle is ${length(packed.interval)}.`
  }

  function showTrade(index: number): void {
    const trade = page.trades[index]
    const packed = trade && page.symbols[trade.symbol]
    if (!trade || !packed || !told || !select) return
    symbol = trade.symbol
    select.value = String(symbol)
    chosen = index
    drawn = [trade]
    const closeUp = packed.closeUps[index]
    load(closeUp ?? packed)
    const last = trade.exits.at(-1)
    if (!closeUp)
      chart.timeScale().setVisibleLogicalRange({
        from: placeOf(trade.at) - 30,
        to: placeOf(last?.[0] ?? trade.at) + 30,
      })
    const when = (seconds: number) => new Date(seconds * 1_000).toISOString().slice(0, 16).replace('T', ' ')
    const result = `${trade.result < 0 ? '−' : '+'}${Math.abs(100 * trade.result).toFixed(2)} %`
    told.textContent =
      `Trade ${index + 1}: ${packed.name} ${trade.direction === 1 ? 'long' : 'short'} at ${trade.price}, ${when(trade.at)}; ` +
      `${trade.exits.map(([at, price, reason]) => `${reason} at ${price}, ${when(at)}`).join('; ')}; ${result} after fees. ` +
      `A candle is ${length(interval)}.`
  }

  function step(by: 1 | -1): void {
    const own = page.trades.flatMap((trade, index) => (trade.symbol === symbol ? [index] : []))
    if (own.length === 0) return
    const at = chosen === undefined ? (by === 1 ? -1 : own.length) : own.indexOf(chosen)
    showTrade(own[(at + by + own.length) % own.length] ?? 0)
  }

  function zoom(by: number): void {
    const range = chart.timeScale().getVisibleLogicalRange()
    if (!range) return
    const middle = (range.from + range.to) / 2
    const half = Math.max(5, ((range.to - range.from) / 2) * by)
    chart.timeScale().setVisibleLogicalRange({ from: middle - half, to: middle + half })
  }

  function dress(): void {
    ink = {
      up: colour('--up'),
      down: colour('--down'),
      stop: colour('--warn'),
      entry: colour('--accent'),
      edge: colour('--surface'),
    }
    chart.applyOptions({
      layout: {
        background: { color: 'transparent' },
        textColor: colour('--muted'),
        fontFamily: getComputedStyle(document.body).fontFamily,
        fontSize: 11,
      },
      grid: { vertLines: { color: colour('--line') }, horzLines: { color: colour('--line') } },
      rightPriceScale: { borderVisible: false, entireTextOnly: true },
      timeScale: { borderVisible: false, timeVisible: true, minBarSpacing: 0.05 },
      crosshair: {
        mode: 0,
        horzLine: { labelBackgroundColor: colour('--accent-solid') },
        vertLine: { labelBackgroundColor: colour('--accent-solid') },
      },
    })
    const [up, down] = [colour('--candle-up'), colour('--candle-down')]
    series.applyOptions({
      upColor: up,
      downColor: down,
      wickUpColor: up,
      wickDownColor: down,
      borderVisible: false,
    })
    redraw()
  }

  const actions: Record<string, () => void> = {
    previous: () => step(-1),
    next: () => step(1),
    all: showAll,
    in: () => zoom(0.6),
    out: () => zoom(1.6),
  }
  for (const button of place.querySelectorAll<HTMLElement>('[data-do]'))
    button.addEventListener('click', () => actions[button.dataset.do ?? '']?.())
  for (const button of document.querySelectorAll<HTMLElement>('[data-trade]'))
    button.addEventListener('click', () => {
      showTrade(Number(button.dataset.trade))
      place.scrollIntoView({ block: 'center' })
    })
  select.addEventListener('change', () => {
    symbol = Number(select.value)
    showAll()
  })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', dress)
  dress()
  showAll()
}

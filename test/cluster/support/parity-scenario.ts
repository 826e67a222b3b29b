import type { UserSettingsPatch } from '#src/domain/settings.ts'
import type { SpokenSignal } from './recorded-run.ts'
import type { Script } from './scripted-market.ts'

const minute = 60_000

/** Half past an hour, so that one hour closes early in the run and one late. */
export const startMs = Date.UTC(2026, 2, 23, 12, 30)
export const runMinutes = 115

/**
 * What the venue has between bid and ask, as a ratio: coins that it gives one spread, since a backtest has one slippage for
 * all, and half of the spread is it.
 */
export const spread = 0.0003

/** On spot a long of each is asked for in the fifth minute. */
const longs: readonly Script[] = [
  // Up by a part, then back until the stop that trails the peak.
  coin('DOT', 7, [5, 1], [25, 1.015], [50, 0.99]),
  // Down through its stop.
  coin('ATOM', 11, [5, 1], [40, 0.94]),
  // Up over every level to the take profit.
  coin('NEAR', 5, [5, 1], [45, 1.08]),
  // A gap over two levels at once.
  coin('UNI', 9, [12, 1], [12, 1.024], [30, 1.024], [60, 1]),
  // Nothing happens until its time is over.
  coin('TRX', 0.3, [115, 1.002]),
  // Closed by the opposite signal.
  coin('XLM', 0.4, [5, 1], [40, 1.004]),
  // Enters when there is a place. Calm hours tighten its stop, which is then hit where the first one would not have been.
  { ...coin('ALGO', 0.25, [92, 1], [105, 0.953], [110, 1]), hourly: 0.01 },
]

/** On futures a short of each. */
const shorts: readonly Script[] = [
  // Down by a part, then back until the stop that trails the lowest price; it rests at the venue.
  coin('FIL', 6, [5, 1], [25, 0.985], [50, 1.01]),
  // Closed by the opposite signal, which opens a long when the symbol has cooled down.
  coin('ETC', 20, [5, 1], [60, 0.997], [90, 1.06]),
  // A gap through the stop that rests at the venue.
  coin('KSM', 30, [22, 1], [22, 1.03]),
  // A candle against it that SmartExit takes for a spike.
  coin('ICP', 12, [30, 1], [33, 1.013]),
]

/** Read by the market's safety, and traded by nobody. */
const bitcoin: Script = { base: 'BTC', price: 60_000, decimals: 2, hourly: 0.006, points: [] }

export const scripts: readonly Script[] = [...longs, ...shorts, bitcoin]

export const settings: Readonly<Record<'spot' | 'futures', UserSettingsPatch>> = {
  spot: { time_exit_hours: 1.5, hourly_trade_limit: 20, max_positions: 6 },
  futures: { profile: 'pro', time_exit_hours: 1.5, hourly_trade_limit: 20 },
}

/** Said ten seconds before a minute is over, a moment apart: what is said at one moment has no order. */
const said = (minutes: number, place = 0) => startMs + minutes * minute - 10_000 + place

export const signals: readonly SpokenSignal[] = [
  ...longs.map(({ base }, i) => buy('spot', base, said(5, i))),
  sell('spot', 'XLM', said(40)),
  { ...buy('spot', 'ATOM', said(70)), confidence: 0.3 },
  ...shorts.map(({ base }, i) => sell('futures', base, said(5, i))),
  buy('futures', 'ETC', said(50)),
]

function buy(market: 'spot' | 'futures', base: string, atMs: number): SpokenSignal {
  return { atMs, market, base, action: 'BUY', confidence: 0.8 }
}

function sell(market: 'spot' | 'futures', base: string, atMs: number): SpokenSignal {
  return { atMs, market, base, action: 'SELL', confidence: 0.8 }
}

function coin(base: string, price: number, ...points: Script['points']): Script {
  return { base, price, decimals: price < 1 ? 6 : 5, hourly: 0.006, points }
}

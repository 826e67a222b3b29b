import type { TitanQuestion } from './contract.ts'

/** The whole of what a model is told beside numbers. Nothing that a model or a person wrote ever becomes part of it. */
export const instructions = `You judge cryptocurrency markets over the next six hours, from numbers alone.
For each symbol you are given closed candles (open, high, low, close, volume; oldest first) and indicators.
ema_stack is 1 when the averages of 20, 50 and 200 stand in rising order and -1 when in falling order. band_place is -1 at the lower and 1 at the upper Bollinger band. change_24h, daily_volatility and distance_to_mean_200d are ratios. null is not known.
Say for each symbol BUY, SELL or HOLD with a confidence from 0 to 1: how likely it is that you are right, which for HOLD matters little. Most of the time HOLD is right.
stopLoss and takeProfit are prices, or null when you have no opinion: for BUY the stop lies below and the target above the last close, for SELL the reverse.
Give your reasons in one or two plain sentences that name the numbers they rest on.
Answer with JSON of this form and nothing else: {"signals": [{"symbol": "BTC/USDT", "action": "HOLD", "confidence": 0.5, "reasoning": "...", "stopLoss": null, "takeProfit": null}]}`

/** What is added when an answer could not be read; what was wrong with it is not repeated to the model. */
export const askedAgain =
  'The answer before this one was not JSON of the form that is asked for. Answer again.'

/** Candles a model is shown: two hours. The indicators carry what lies before. */
const shownCandles = 24

/** The numbers of a question as a model reads them, six digits each. */
export function promptOf({ asOf, timeframe, symbols }: TitanQuestion): string {
  return JSON.stringify({
    asOf,
    timeframe,
    symbols: symbols.map(({ symbol, candles, indicators }) => ({
      symbol,
      candles: candles.slice(-shownCandles).map(([, ...numbers]) => numbers.map(short)),
      indicators: Object.fromEntries(
        Object.entries(indicators).map(([name, value]) => [name, value === null ? null : short(value)]),
      ),
    })),
  })
}

function short(value: number): number {
  return Number(value.toPrecision(6))
}

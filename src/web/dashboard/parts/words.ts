/** The words for what the API names. */

const reasons: Readonly<Record<string, string>> = {
  stop_loss: 'Stop loss',
  take_profit: 'Take profit',
  trailing_stop: 'Trailing stop',
  partial_tp_1: 'Partial target 1',
  partial_tp_2: 'Partial target 2',
  partial_tp_3: 'Partial target 3',
  time_exit: 'Time limit',
  liquidation: 'Liquidation',
  'smart_exit:reversal': 'Smart exit: reversal',
  'smart_exit:momentum_fade': 'Smart exit: momentum fade',
  'smart_exit:volatility_spike': 'Smart exit: volatility spike',
  signal: 'Opposite signal',
  manual: 'By hand',
  emergency: 'Emergency close',
  reconciled: 'Reconciled',
}

/** The reasons to choose from. */
export const closeReasons = Object.entries(reasons).map(([value, name]) => ({ value, name }))

/** Why a position was closed. */
export function closeReason(reason: string): string {
  if (reason.startsWith('smart_exit:'))
    return `Smart exit: ${sentence(reason.slice('smart_exit:'.length)).toLowerCase()}`
  return reasons[reason] ?? sentence(reason)
}

const sources: Readonly<Record<string, string>> = {
  titan_v3: 'Titan',
  'COUNCIL_V2.0_FALLBACK': 'Council',
  smart_entry: 'Smart entry',
}

/** The sources that are built in, to choose from. */
export const ownSources = Object.entries(sources).map(([value, name]) => ({ value, name }))

/** Who said a signal. */
export function sourceName(source: string): string {
  return sources[source] ?? source
}

/** A sentence of the API with the sources in it called as people call them. */
export function withSourceNames(text: string): string {
  return Object.entries(sources).reduce((said, [id, name]) => said.replaceAll(id, name), text)
}

const venues: Readonly<Record<string, string>> = {
  binance: 'Binance',
  kraken: 'Kraken',
  bybit: 'Bybit',
  okx: 'OKX',
  bitget: 'Bitget',
}
const markets: Readonly<Record<string, string>> = {
  spot: 'Spot',
  'margin-cross': 'Margin, cross',
  'margin-isolated': 'Margin, isolated',
  futures: 'Futures',
}

/** Where an account trades: 'Binance Futures'. */
export function venueName({ exchange, market }: { exchange: string; market: string }): string {
  return `${venues[exchange] ?? exchange} ${markets[market] ?? market}`
}

/** A name of the program as words: 'open_positions' is 'Open positions', 'riskAmount' is 'Risk amount'. */
export function sentence(name: string): string {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .trim()
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

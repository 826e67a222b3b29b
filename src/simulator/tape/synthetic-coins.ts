/** One coin of the synthetic market, quoted in USDT. */
export interface SyntheticCoin {
  readonly symbol: string
  readonly price: number // the level the price wanders around, in USDT
  readonly decimals: number // of its prices
  readonly lotDecimals: number // of its quantities
  readonly hourlyVolatility: number // standard deviation of 1 h log returns: 0.005 is 0.5 %
  readonly beta: number // correlation of its returns with the whole market's
  readonly turnover: number // usual turnover in 5 minutes, in USDT
}

/** Levels and volatilities of the order the real markets showed from 2024 to 2026. */
export const syntheticCoins: readonly SyntheticCoin[] = [
  coin('BTC', 95_000, 2, 5, 0.005, 0.95, 5_000_000),
  coin('ETH', 3_200, 2, 4, 0.0078, 0.85, 3_000_000),
  coin('BNB', 680, 2, 3, 0.0062, 0.75, 600_000),
  coin('SOL', 165, 2, 3, 0.0095, 0.8, 1_700_000),
  coin('XRP', 2.2, 4, 1, 0.0098, 0.72, 1_200_000),
  coin('ADA', 0.72, 4, 1, 0.0105, 0.76, 280_000),
  coin('DOGE', 0.19, 5, 0, 0.0105, 0.78, 600_000),
  coin('AVAX', 24, 2, 2, 0.0103, 0.77, 200_000),
  coin('LINK', 17, 2, 2, 0.0105, 0.77, 220_000),
  coin('LTC', 92, 2, 3, 0.0095, 0.72, 170_000),
]

function coin(
  base: string,
  price: number,
  decimals: number,
  lotDecimals: number,
  hourlyVolatility: number,
  beta: number,
  turnover: number,
): SyntheticCoin {
  return { symbol: `${base}/USDT`, price, decimals, lotDecimals, hourlyVolatility, beta, turnover }
}

/** Venues that an account can be connected to. */
export const exchanges = ['binance', 'kraken', 'bybit', 'okx', 'bitget'] as const
export type Exchange = (typeof exchanges)[number]

/** What is traded there. Everything but spot can be sold short and closed reduce-only. */
export const markets = ['spot', 'margin-cross', 'margin-isolated', 'futures'] as const
export type Market = (typeof markets)[number]

/** Whose money: the simulator's, the venue's sandbox, or the user's. */
export const modes = ['paper', 'testnet', 'live'] as const
export type Mode = (typeof modes)[number]

/** Whether positions on this market can be short. */
export function allowsShort(market: Market): boolean {
  return market !== 'spot'
}

/** Whether exits on this market can be marked reduce-only, so that they never open the other side. */
export function allowsReduceOnly(market: Market): boolean {
  return market !== 'spot'
}

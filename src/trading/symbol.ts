import type { Market } from '../domain/market.ts'

/** How a base is called where an account trades it: 'BTC/USDT', and 'BTC/USDT:USDT' on futures. */
export function symbolOn(account: { readonly market: Market; readonly quote: string }, base: string): string {
  const pair = `${base}/${account.quote}`
  return account.market === 'futures' ? `${pair}:${account.quote}` : pair
}

/** A currency as the venue names it: `id` in balances, `altname` in pairs, and the digits its balances have. */
export interface Asset {
  readonly id: string
  readonly altname: string
  readonly decimals: number
}

/** The oldest currencies have an X (coins) or Z (money) before their name, and two of them a name of their own. */
const named: Readonly<Record<string, Asset>> = {
  BTC: { id: 'XXBT', altname: 'XBT', decimals: 10 },
  ETH: { id: 'XETH', altname: 'ETH', decimals: 10 },
  DOGE: { id: 'XXDG', altname: 'XDG', decimals: 8 },
  LTC: { id: 'XLTC', altname: 'LTC', decimals: 10 },
  XRP: { id: 'XXRP', altname: 'XRP', decimals: 8 },
  ETC: { id: 'XETC', altname: 'ETC', decimals: 10 },
  XLM: { id: 'XXLM', altname: 'XLM', decimals: 8 },
  USD: { id: 'ZUSD', altname: 'USD', decimals: 4 },
  EUR: { id: 'ZEUR', altname: 'EUR', decimals: 4 },
  GBP: { id: 'ZGBP', altname: 'GBP', decimals: 4 },
}

/** The venue's names of a currency ('BTC'); most go by their own. */
export function assetOf(currency: string): Asset {
  return named[currency] ?? { id: currency, altname: currency, decimals: 8 }
}

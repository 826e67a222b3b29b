/** Quotes that a ticker may end with when nothing divides it, the longer of two that end alike first. */
const quotes = [
  'USDT',
  'USDC',
  'FDUSD',
  'TUSD',
  'BUSD',
  'USD',
  'DAI',
  'EUR',
  'GBP',
  'TRY',
  'BRL',
  'BTC',
  'ETH',
  'BNB',
]

/** Quotes that are dollars: a price in one of them is a price in another. */
const dollars = ['USDT', 'USDC', 'FDUSD', 'TUSD', 'BUSD', 'USD', 'DAI']

/** What a ticker names; `quote` is undefined where it names a coin alone. */
export interface Ticker {
  readonly base: string
  readonly quote: string | undefined
}

/**
 * Reads a ticker as charts and exchanges write it: BTC/USDT, BTCUSDT, BINANCE:BTCUSDT.P, BTC-USD, XBT/EUR, BTC/USDT:USDT.
 * Undefined for what is none.
 */
export function readTicker(text: string): Ticker | undefined {
  const [, , rest = ''] =
    /^(?:([A-Za-z0-9_ ]{1,20}):)?([^:]{1,30})(?::[A-Za-z0-9]{1,10})?$/.exec(text.trim()) ?? []
  const name = rest.toUpperCase().replace(/\.P$|[._-]?PERP$/, '')
  const divided = /^([A-Z0-9]{1,15})[/_-]([A-Z0-9]{2,10})$/.exec(name)
  if (divided) return ticker(divided[1] ?? '', divided[2])
  if (!/^[A-Z0-9]{2,20}$/.test(name)) return undefined
  const quote = quotes.find((one) => name.endsWith(one) && name.length > one.length + 1)
  return ticker(quote === undefined ? name : name.slice(0, -quote.length), quote)
}

function ticker(base: string, quote: string | undefined): Ticker {
  return { base: base === 'XBT' ? 'BTC' : base, quote }
}

/** Whether a price in this quote is one in USDT, in which signals are told. */
export function isDollar(quote: string | undefined): boolean {
  return quote === undefined || dollars.includes(quote)
}

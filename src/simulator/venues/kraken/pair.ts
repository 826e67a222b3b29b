import { assetOf } from './assets.ts'

/** A market as the venue names it: 'BTC/USDT' is XBTUSDT and XBT/USDT, 'BTC/USD' is XXBTZUSD, XBTUSD and XBT/USD. */
export interface Pair {
  readonly id: string
  readonly altname: string
  readonly wsname: string
}

/** The venue's names of a symbol ('BTC/USDT'). Where both currencies have a letter before their name, so has the pair. */
export function pairOf(symbol: string): Pair {
  const [base = '', quote = ''] = symbol.split('/')
  const [first, second] = [assetOf(base), assetOf(quote)]
  const isOld = first.id !== base && second.id !== quote && first.id.length === 4 && second.id.length === 4
  const altname = first.altname + second.altname
  return {
    id: isOld ? first.id + second.id : altname,
    altname,
    wsname: `${first.altname}/${second.altname}`,
  }
}

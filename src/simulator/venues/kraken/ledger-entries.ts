import { Decimal, type DecimalText } from '../../../domain/decimal.ts'
import type { Account } from '../../core/account.ts'
import { assetOf } from './assets.ts'
import type { PrivateCall, PrivateEndpoint } from './call.ts'
import { invalid, unknownAsset } from './failure.ts'
import { pageOf } from './page.ts'
import { secondsOf } from './price-text.ts'
import { numberOf, txidOf } from './txid.ts'

/** A line of an account's ledger. `amount` is without the fee, which is taken besides. */
interface Entry {
  readonly number: number
  readonly refid: string
  readonly at: number
  readonly type: string
  readonly currency: string
  readonly amount: Decimal
  readonly fee: DecimalText
  readonly balance: Decimal
}

const mostAskedFor = 20
const types = {
  deposit: 'deposit',
  withdrawal: 'withdrawal',
  airdrop: 'transfer',
  dust: 'conversion',
  funding: 'adjustment',
  insurance: 'adjustment',
} as const

/** What moved an account's balances. */
export const ledgerEndpoints: Readonly<Record<string, PrivateEndpoint>> = {
  Ledgers: { anyOf: ['query-ledger'], cost: 2, answer: ledgers },
  QueryLedgers: { anyOf: ['query-ledger'], cost: 2, answer: queryLedgers },
}

function ledgers({ parameters, account, exchange }: PrivateCall) {
  exchange.advance()
  const all = entriesOf(account)
  const type = parameters.find('type') ?? 'all'
  const wanted = all.filter((entry) => type === 'all' || entry.type === type)
  const { items, count } = pageOf(parameters, ofAssets(wanted, parameters.list('asset')), {
    timesOf: ({ at }: Entry) => ({ from: at, to: at }),
    momentOf: (txid) => all.find(({ number }) => number === numberOf('L', txid))?.at,
  })
  return { ledger: shown(items), count }
}

function queryLedgers({ parameters, account, exchange }: PrivateCall) {
  exchange.advance()
  const ids = parameters.list('id')
  if (ids.length === 0 || ids.length > mostAskedFor) throw invalid('id')
  const all = entriesOf(account)
  return shown(
    ids.map((id) => {
      const entry = all.find(({ number }) => number === numberOf('L', id))
      if (entry === undefined) throw invalid('id')
      return entry
    }),
  )
}

function ofAssets(entries: readonly Entry[], names: readonly string[]): readonly Entry[] {
  const wanted = names.filter((name) => name !== 'all')
  if (wanted.length === 0) return entries
  const isNamed = (currency: string, name: string) => {
    const { id, altname } = assetOf(currency)
    return name === id || name === altname
  }
  const known = wanted.every((name) => /^[A-Z0-9.]{2,12}$/.test(name))
  if (!known) throw unknownAsset()
  return entries.filter(({ currency }) => wanted.some((name) => isNamed(currency, name)))
}

function shown(entries: readonly Entry[]) {
  return Object.fromEntries(
    entries.map(({ number, refid, at, type, currency, amount, fee, balance }) => {
      const { id, decimals } = assetOf(currency)
      const entry = {
        refid,
        time: secondsOf(at),
        type,
        subtype: '',
        aclass: 'currency',
        asset: id,
        amount: amount.toFixed(decimals),
        fee: new Decimal(fee).toFixed(decimals),
        balance: balance.toFixed(decimals),
      }
      return [txidOf('L', number), entry]
    }),
  )
}

/** Two lines for each trade, what was paid and what was received, and one for each movement without a trade; oldest first. */
function entriesOf(account: Account): Entry[] {
  const moves: Omit<Entry, 'balance'>[] = account.transfers.map(({ asset, amount, reason, at }, index) => ({
    number: index + 1,
    refid: txidOf('L', index + 1),
    at,
    type: types[reason],
    currency: asset,
    amount: new Decimal(amount),
    fee: '0',
  }))
  for (const fill of account.fills) {
    const [base = '', quote = ''] = fill.symbol.split('/')
    const sign = fill.side === 'buy' ? 1 : -1
    const line = (currency: string, amount: Decimal, which: number) => ({
      number: fill.id * 2 + which,
      refid: txidOf('T', fill.id),
      at: fill.at,
      type: 'trade',
      currency,
      amount,
      fee: fill.feeCurrency === currency ? fill.fee : '0',
    })
    moves.push(line(base, new Decimal(fill.quantity).times(sign), 0))
    moves.push(line(quote, new Decimal(fill.quoteQuantity).times(-sign), 1))
  }
  const balances = new Map(
    Object.entries(account.seed.balances).map(([asset, amount]) => [asset, new Decimal(amount)]),
  )
  return moves
    .toSorted((a, b) => a.at - b.at || a.number - b.number)
    .map((move) => {
      const before = balances.get(move.currency) ?? new Decimal(0)
      const balance = before.plus(move.amount).minus(move.fee)
      balances.set(move.currency, balance)
      return { ...move, balance }
    })
}

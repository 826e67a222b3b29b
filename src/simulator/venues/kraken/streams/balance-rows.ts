import { Decimal } from '../../../../domain/decimal.ts'
import type { Account } from '../../../core/account.ts'
import type { Event } from '../../../core/event.ts'
import { txidOf } from '../txid.ts'
import { stamp } from './message.ts'

/** What an account has, as a snapshot of the channel `balances`; currencies go by their common names here. */
export function heldRows(account: Account): object[] {
  return [...account.balances].map(([asset, { free, locked }]) => {
    const balance = free.plus(locked).toNumber()
    return { asset, asset_class: 'currency', balance, wallets: [{ type: 'spot', id: 'main', balance }] }
  })
}

/** What events have moved, a row for each currency that went in or out. */
export function movedRows(account: Account, events: readonly Event[]): object[] {
  return events.flatMap((event) => {
    if (event.kind === 'transfer') {
      const { asset, amount, reason, at } = event.transfer
      const fields = { type: reason, ledger_id: txidOf('L', account.transfers.length), at }
      return [moved(account, asset, { ...fields, amount: Number(amount), fee: 0 })]
    }
    if (event.kind !== 'fill') return []
    const { id, orderId, quantity, price, fee, feeCurrency, at } = event.fill
    const order = account.orders.get(orderId)
    if (order === undefined) return []
    const [base = '', quote = ''] = order.record.symbol.split('/')
    const sign = order.record.side === 'buy' ? 1 : -1
    const cost = new Decimal(quantity).times(price).toNumber()
    return [
      { asset: base, amount: Number(quantity) * sign, number: id * 2 },
      { asset: quote, amount: -cost * sign, number: id * 2 + 1 },
    ].map(({ asset, amount, number }) =>
      moved(account, asset, {
        type: 'trade',
        ledger_id: txidOf('L', number),
        ref_id: txidOf('T', id),
        at,
        amount,
        fee: feeCurrency === asset ? Number(fee) : 0,
      }),
    )
  })
}

function moved(
  account: Account,
  asset: string,
  { at, ...fields }: { at: number; [name: string]: unknown },
): object {
  const { free, locked } = account.balance(asset)
  return {
    asset,
    asset_class: 'currency',
    balance: free.plus(locked).toNumber(),
    category: fields.type,
    wallet_type: 'spot',
    wallet_id: 'main',
    timestamp: stamp(at),
    ...fields,
  }
}

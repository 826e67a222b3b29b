import type { Account } from '../../../core/account.ts'
import type { Event } from '../../../core/event.ts'
import type { Exchange } from '../../../core/exchange.ts'
import { heldRows, movedRows } from './balance-rows.ts'
import { executionsOf, openRow, tradeRow } from './execution-rows.ts'
import type { News, Subscription } from './message.ts'

const snapshotTrades = 50

/** The channel `executions`: open orders and, if wished, the last trades; then every step of every order, one by one. */
export function executionsChannel(
  exchange: Exchange,
  account: Account,
  wish: { readonly orders: boolean; readonly trades: boolean },
): Subscription {
  const owner = { market: 'spot', apiKey: account.seed.apiKey } as const
  return follow(exchange, account, {
    channel: 'executions',
    snapshot() {
      const trades = account.fills.slice(-snapshotTrades).flatMap((fill) => {
        const order = account.orders.get(fill.orderId)
        return order === undefined ? [] : [tradeRow(order, fill)]
      })
      const told: News[] = [
        { rows: wish.orders ? [...account.open.values()].map(openRow) : [], about: owner },
      ]
      if (wish.trades) told.push({ rows: trades, about: owner })
      return told
    },
    newsOf: (events) =>
      executionsOf(account, events).map(({ order: { record }, row }) => ({
        rows: [row],
        about: { ...owner, symbol: record.symbol, clientOrderId: record.clientOrderId },
      })),
  })
}

/** The channel `balances`: what there is, and then what moves. */
export function balancesChannel(exchange: Exchange, account: Account): Subscription {
  const about = { market: 'spot', apiKey: account.seed.apiKey } as const
  return follow(exchange, account, {
    channel: 'balances',
    snapshot: () => [{ rows: heldRows(account), about }],
    newsOf(events) {
      const rows = movedRows(account, events)
      return rows.length === 0 ? [] : [{ rows, about }]
    },
  })
}

/** Collects what is booked for an account from the snapshot on, until it is asked for. */
function follow(
  exchange: Exchange,
  account: Account,
  channel: Pick<Subscription, 'channel' | 'snapshot'> & { newsOf(events: readonly Event[]): News[] },
): Subscription {
  const { apiKey } = account.seed
  const waiting: News[] = []
  const stop = exchange.watch((events) => {
    const own = events.filter((event) => ownerOf(event) === apiKey)
    if (own.length > 0) waiting.push(...channel.newsOf(own))
  })
  return { ...channel, next: () => waiting.splice(0), stop }
}

function ownerOf(event: Event): string | undefined {
  if (event.kind === 'order') return event.order.apiKey
  return 'apiKey' in event ? event.apiKey : undefined
}

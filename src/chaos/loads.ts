import type { Account } from '#db/accounts.ts'
import type { Exchange } from '../domain/market.ts'
import { type Enqueue, enqueueOn, unlessLost } from '../queue/enqueue.ts'
import { openQueues } from '../queue/queues.ts'
import { type AccountWish, marketsOf, openAccount } from './accounts.ts'
import type { Field } from './field.ts'
import { waitingPerWorker } from './limits.ts'
import { openLoad } from './load.ts'
import { naiveQueue } from './naive.ts'
import { openPeople } from './people.ts'
import { random } from './random.ts'
import type { Tally } from './tally.ts'

const bases = ['BTC', 'ETH', 'BNB', 'SOL', 'XRP', 'ADA', 'DOGE', 'AVAX', 'LINK', 'LTC']
/** Rich accounts on spot, and as many on futures: an order whose outcome is unknown keeps its symbol of one waiting. */
const accountsOfEach = 8
const rich = { USDT: '1000000' }
const everyCoin = Object.fromEntries([...bases.map((base) => [base, '100000']), ['USDT', '10000000']])
/** On the average people do something once for so many orders; more often where every crash point is to be reached. */
const ordersPerAct = { usually: 60, forCrashpoints: 25 }

/** What the loads depend on. */
interface LoadOptions {
  readonly seed: number
  readonly exchange: Exchange
  readonly eachCrashpoint: number
  readonly hands: boolean
  readonly workers: number
}

/** Opens the accounts of both handlers, what is asked of them, and the people who meddle. */
export async function openLoads(
  { seed, exchange, eachCrashpoint, hands, workers }: LoadOptions,
  field: Field,
  tally: Tally,
  closing: AsyncDisposableStack,
) {
  const { journal, db, keys, feedOf, venueUrl, backend } = field
  const parts = { db, keys, simulatorUrl: async () => venueUrl }
  const markets = marketsOf(exchange)
  const open = async (wish: Omit<AccountWish, 'exchange'>) =>
    (await openAccount(parts, journal, venueUrl, { exchange, ...wish })).account
  const accounts: Account[] = []
  for (let i = 0; i < accountsOfEach; i++)
    for (const market of markets) accounts.push(await open({ handler: 'bullpen', market, balances: rich }))
  // One that can pay for hardly anything: refusals are part of the picture.
  const poor = await open({ handler: 'bullpen', market: 'spot', balances: { USDT: '90' } })
  const naiveAccounts: Account[] = []
  for (const market of markets)
    naiveAccounts.push(await open({ handler: 'naive', market, balances: everyCoin }))
  // Bullpen keeps its hands off them: what the control does to them is not to be reconciled.
  await journal.query(
    `update accounts set status = 'closed' where id in (select account_id from chaos.accounts where handler = 'naive')`,
  )
  const opened = closing.adopt(openQueues(backend), (each) => each.close())
  const queue = closing.adopt(backend.queue(naiveQueue), (each) => each.close())
  const asking = enqueueOn(opened)
  // A wake that is lost is the sweeper's, as it is in the cluster.
  const enqueue: Enqueue = async (...wish) => {
    if (!(await unlessLost(asking(...wish)))) tally.add('orders hit', 'wake lost')
  }
  const shared = { db, journal, keys, enqueue, feedOf, bases }
  const { usually, forCrashpoints } = ordersPerAct
  return {
    enqueue,
    load: openLoad({
      ...shared,
      accounts: [...accounts, poor],
      next: random(seed, 11),
      mostWaiting: waitingPerWorker * workers,
    }),
    people: openPeople(
      { ...shared, accounts, venueUrl, next: random(seed, 13), tally },
      { ordersPerAct: eachCrashpoint > 0 ? forCrashpoints : usually, useHands: hands },
    ),
    naive: { journal, queue, feedOf, accounts: naiveAccounts, bases, next: random(seed, 12) },
  }
}

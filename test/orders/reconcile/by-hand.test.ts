import { expect, test } from 'vitest'
import { livingPositionsOf } from '#db/account-journal.ts'
import { orderOrThrow } from '#db/orders.ts'
import { findPosition } from '#db/positions.ts'
import { random as randomOf } from '#src/bench/random.ts'
import { Decimal } from '#src/domain/decimal.ts'
import { compareBooks } from '#src/orders/books.ts'
import { planExit } from '#src/orders/plan.ts'
import { reconcileAccount } from '#src/orders/reconcile/account.ts'
import { sendOrder } from '#src/orders/send.ts'
import type { Act } from '#src/simulator/hands/act.ts'
import { keys, openFloor, type Trader } from '#test/support/floor.ts'

/** How many seeds of each kind: `HAND_SEEDS=20 npx vitest run test/orders/reconcile/by-hand.test.ts` for the long form. */
const seeds = Number(process.env.HAND_SEEDS ?? 1)

const floor = await openFloor()
const { db, desk, simulator } = floor

type Deed = Act extends infer One ? (One extends Act ? Omit<One, 'apiKey'> : never) : never

/** What is known when a user's hand is chosen. Quantities of ETH, ours and the user's own. */
interface Case {
  readonly price: number
  readonly ours: Decimal
  readonly own: Decimal
  /** A quantity between nothing and the whole of `of`, in steps of the symbol. */
  part(of: Decimal | number): string
}

const symbol = 'ETH/USDT'
const spot: Record<string, (of: Case) => Deed[]> = {
  'sells everything': () => [{ do: 'close-position', symbol }],
  'sells half': () => [{ do: 'sell-half', symbol }],
  'sells a part of the own coins': ({ own, part }) => [{ do: 'sell', symbol, quantity: part(own) }],
  'sells more than the own coins': ({ own, ours, part }) => [
    { do: 'sell', symbol, quantity: own.plus(part(ours.times('0.9'))).toString() },
  ],
  'buys more': ({ part }) => [{ do: 'buy', symbol, quantity: part(3) }],
  'buys, and sells it again': ({ part }) => {
    const quantity = part(2)
    return [
      { do: 'buy', symbol, quantity },
      { do: 'sell', symbol, quantity },
    ]
  },
  'bids far below the price': ({ price, part }) => [
    {
      do: 'place-order',
      symbol,
      side: 'buy',
      type: 'limit',
      quantity: part(1),
      price: (price * 0.9).toFixed(2),
    },
  ],
  'offers own coins far above the price': ({ price, own, part }) => [
    {
      do: 'place-order',
      symbol,
      side: 'sell',
      type: 'limit',
      quantity: part(own),
      price: (price * 1.1).toFixed(2),
    },
  ],
  'protects own coins by a stop': ({ price, own, part }) => [
    {
      do: 'place-order',
      symbol,
      side: 'sell',
      type: 'stop',
      quantity: part(own),
      stopPrice: (price * 0.9).toFixed(2),
    },
  ],
  'takes every order back': () => [{ do: 'cancel-all' }],
  'deposits the coin': ({ part }) => [{ do: 'deposit', asset: 'ETH', amount: part(4) }],
  'withdraws a part of the own coins': ({ own, part }) => [
    { do: 'withdraw', asset: 'ETH', amount: part(own) },
  ],
  'withdraws more than the own coins': ({ own, ours, part }) => [
    { do: 'withdraw', asset: 'ETH', amount: own.plus(part(ours.times('0.9'))).toString() },
  ],
  'deposits money': () => [{ do: 'deposit', asset: 'USDT', amount: '123.45' }],
  'withdraws money': () => [{ do: 'withdraw', asset: 'USDT', amount: '543.21' }],
  'is given another coin': () => [{ do: 'airdrop', asset: 'XRP', amount: '77.7' }],
  'is given the coin': ({ part }) => [{ do: 'airdrop', asset: 'ETH', amount: part(1) }],
  'turns another coin into BNB': () => [{ do: 'convert-dust', asset: 'SOL' }],
  'buys another coin': () => [{ do: 'buy', symbol: 'SOL/USDT', quantity: '1' }],
  'sells another coin': () => [{ do: 'sell', symbol: 'SOL/USDT', quantity: '2' }],
  'revokes the key, and gives it back': () => [{ do: 'revoke-key' }, { do: 'restore-key' }],
}

const futures: Record<string, (of: Case) => Deed[]> = {
  'closes the position': () => [{ do: 'close-position', symbol }],
  'closes half': () => [{ do: 'sell-half', symbol }],
  'sells a part': ({ ours, part }) => [{ do: 'sell', symbol, quantity: part(ours) }],
  'buys more': ({ part }) => [{ do: 'buy', symbol, quantity: part(3) }],
  'turns the position round': ({ ours, part }) => [
    { do: 'sell', symbol, quantity: ours.plus(part(2)).toString() },
  ],
  'buys, and sells it again': ({ part }) => {
    const quantity = part(2)
    return [
      { do: 'buy', symbol, quantity },
      { do: 'sell', symbol, quantity },
    ]
  },
  'opens a position elsewhere': () => [{ do: 'sell', symbol: 'SOL/USDT', quantity: '3' }],
  'bids far below the price': ({ price, part }) => [
    {
      do: 'place-order',
      symbol,
      side: 'buy',
      type: 'limit',
      quantity: part(1),
      price: (price * 0.97).toFixed(2),
    },
  ],
  'puts a stop of their own': ({ price, part }) => [
    {
      do: 'place-order',
      symbol,
      side: 'sell',
      type: 'stop',
      quantity: part(1),
      stopPrice: (price * 0.8).toFixed(2),
      reduceOnly: true,
    },
  ],
  'takes our stops back': () => [{ do: 'cancel-stops' }],
  'takes every order back': () => [{ do: 'cancel-all' }],
  'deposits money': () => [{ do: 'deposit', asset: 'USDT', amount: '123.45' }],
  'withdraws money': () => [{ do: 'withdraw', asset: 'USDT', amount: '543.21' }],
  'pays funding': () => [{ do: 'funding', amount: '-3.21' }],
  'is given a coin': () => [{ do: 'airdrop', asset: 'BNB', amount: '0.5' }],
  'sets another leverage': () => [{ do: 'set-leverage', symbol, leverage: 7 }],
  'revokes the key, and gives it back': () => [{ do: 'revoke-key' }, { do: 'restore-key' }],
}

const cases = [
  ...Object.entries(spot).map(([kind, deeds]) => ({ market: 'spot', kind, deeds }) as const),
  ...Object.entries(futures).map(([kind, deeds]) => ({ market: 'futures', kind, deeds }) as const),
].flatMap((one) => Array.from({ length: seeds }, (_, seed) => ({ ...one, seed })))

test.each(cases)('$market: the user $kind (seed $seed)', async ({ market, deeds, seed }) => {
  const random = randomOf(seed)
  const own = new Decimal((1 + 4 * random()).toFixed(2))
  const quantity = (0.5 + 3 * random()).toFixed(2)
  const trader = await floor.trader({
    market,
    balances: market === 'spot' ? { USDT: '1000000', ETH: own.toString(), SOL: '9' } : { USDT: '1000000' },
  })
  const positionId = await open(trader, quantity, market === 'futures' && random() < 0.3)
  const ours = new Decimal((await findPosition(db, positionId))?.quantityOpen ?? 0)
  const price = (await desk.feedOf(trader.account).prices()).get(trader.symbol('ETH')) ?? 1
  const part = (of: Decimal | number) =>
    Decimal.max('0.02', new Decimal(of).times(0.05 + 0.9 * random()))
      .toDecimalPlaces(2, Decimal.ROUND_DOWN)
      .toString()
  for (const deed of deeds({ price, ours, own, part })) {
    simulator.hand({ apiKey: trader.apiKey, ...deed } as Act)
    if (deed.do === 'revoke-key') await reconcileAccount(desk, trader.account.id).catch(() => {})
  }
  const before = heldBy(trader)
  const resting = openByHand(trader)
  const sent = sentBy(trader)
  await reconcile(trader)

  // Nothing was sold, nobody else's order was touched, and of our position there is what can be ours of what is there.
  expect(heldBy(trader)).toEqual(before)
  expect(openByHand(trader)).toEqual(resting)
  expect(sentBy(trader)).toBe(sent)
  const position = await findPosition(db, positionId)
  const direction = position?.side === 'short' ? -1 : 1
  const there = Decimal.max(0, new Decimal(before).times(direction))
  const expected = Decimal.min(ours, there)
  const left = new Decimal(position?.quantityOpen ?? 0)
  expect(left.minus(expected).abs().lte('0.001'), `${left} of ${ours} are left, ${there} are there`).toBe(
    true,
  )
  if (expected.eq(ours)) expect(position?.state).toBe('open')
  expect(await compareBooks(db, trader.account.id, floor.gateway)).toEqual([])

  // Closing what is left leaves the user's own as it was: what is there beside ours, no more and no less.
  await close(positionId)
  const beside = new Decimal(before).minus(left.times(direction))
  expect(new Decimal(heldBy(trader)).minus(beside).abs().lte('0.001'), `${beside} are the user's`).toBe(true)
  expect(openByHand(trader)).toEqual(resting)
  expect(await compareBooks(db, trader.account.id, floor.gateway)).toEqual([])
  await reconcile(trader)
  expect(await livingPositionsOf(db, trader.account.id)).toEqual([])
})

async function open(trader: Trader, quantity: string, isShort: boolean): Promise<string> {
  const orderId = await floor.enter(trader, { base: 'ETH', quantity, side: isShort ? 'short' : 'long' })
  expect(await sendOrder(desk, orderId)).toMatchObject({ state: 'filled' })
  return (await orderOrThrow(db, orderId)).positionId
}

async function close(positionId: string): Promise<void> {
  const orderId = await db.transaction().execute((tx) =>
    planExit(tx, keys, {
      positionId,
      quantity: 'all',
      slots: ['close'],
      reason: 'manual',
      price: 4_000,
      actor: 'test',
    }),
  )
  if (orderId !== undefined) expect(await sendOrder(desk, orderId)).toMatchObject({ state: 'filled' })
}

/** Reconciles until nothing is in doubt, with the waiting between two looks left out. */
async function reconcile({ account }: Trader): Promise<void> {
  for (let look = 0; look < 6; look += 1) {
    const { isInDoubt } = await reconcileAccount(desk, account.id)
    if (!isInDoubt) return
    await floor.database.query(
      `update accounts set doubts = (select coalesce(jsonb_object_agg(key, jsonb_set(value, '{sinceMs}', to_jsonb((value ->> 'sinceMs')::numeric - 6000))), '{}')
         from jsonb_each(doubts)) where id = $1`,
      [account.id],
    )
  }
  throw new Error('it stays in doubt')
}

/** ETH at the venue: the position, signed, or the balance. */
function heldBy({ apiKey, account }: Trader): string {
  const [truth] = simulator.ledger(apiKey).accounts
  if (account.market !== 'spot')
    return truth?.positions.find((one) => one.symbol.startsWith('ETH/'))?.quantity ?? '0'
  const { free = '0', locked = '0' } = truth?.balances.ETH ?? {}
  return new Decimal(free).plus(locked).toString()
}

function openByHand({ apiKey }: Trader): string[] {
  const [truth] = simulator.ledger(apiKey).accounts
  return (truth?.orders ?? [])
    .filter(({ clientOrderId, status }) => status === 'open' && !isTagged(clientOrderId))
    .map(({ clientOrderId }) => clientOrderId)
}

function sentBy({ apiKey }: Trader): number {
  const [truth] = simulator.ledger(apiKey).accounts
  return (truth?.orders ?? []).filter(({ clientOrderId }) => isTagged(clientOrderId)).length
}

const isTagged = (clientOrderId: string) => /^[0-9a-f]{32}$/.test(clientOrderId)

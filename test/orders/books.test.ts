import { expect, test } from 'vitest'
import { ledgerBalances } from '#db/ledger.ts'
import { orderOrThrow } from '#db/orders.ts'
import { findPosition } from '#db/positions.ts'
import { findTrade } from '#db/trades.ts'
import { Decimal } from '#src/domain/decimal.ts'
import { compareBooks } from '#src/orders/books.ts'
import { planExit } from '#src/orders/plan.ts'
import { sendOrder } from '#src/orders/send.ts'
import { keys, openFloor, type Trader } from '#test/support/floor.ts'

const floor = await openFloor()
const { db, desk } = floor

/** Larger than the best level of each book: most orders fill in parts. */
const sizes = { BTC: 1.4, ETH: 27, SOL: 330, XRP: 21_000, BNB: 61 } as const
const bases = Object.keys(sizes) as (keyof typeof sizes)[]
const steps = { BTC: 3, ETH: 3, SOL: 2, XRP: 0, BNB: 2 } as const

interface Day {
  readonly market: 'spot' | 'futures'
  readonly paysInBnb: boolean
  readonly rounds: number
}

const days: Day[] = [
  { market: 'spot', paysInBnb: false, rounds: 10 },
  { market: 'spot', paysInBnb: true, rounds: 10 },
  { market: 'futures', paysInBnb: false, rounds: 10 },
  { market: 'futures', paysInBnb: true, rounds: 10 },
]

test('after hundreds of fills the ledger is the venue’s truth to the last decimal', async () => {
  let fills = 0
  let partials = 0
  for (const day of days) {
    const trader = await floor.trader({
      market: day.market,
      paysInBnb: day.paysInBnb,
      balances: { USDT: '50000000', BNB: '1000' },
    })
    const trades: string[] = []
    for (let round = 0; round < day.rounds; round += 1) trades.push(await trade(trader, day, round))

    const [truth] = floor.simulator.ledger(trader.apiKey).accounts
    const ledger = await ledgerBalances(db, trader.account.id)
    for (const [currency, { free, locked }] of Object.entries(truth?.balances ?? {}))
      expect(`${currency} ${new Decimal(ledger.get(currency) ?? 0)}`).toBe(
        `${currency} ${new Decimal(free).plus(locked)}`,
      )
    expect(await compareBooks(db, trader.account.id, floor.gateway)).toEqual([])
    const venueFills = (truth?.orders ?? []).flatMap((order) => order.fills)
    const [booked] = await floor.database.query<{ fills: string }>(
      `select count(*) as fills from fills where account_id = $1`,
      [trader.account.id],
    )
    expect(Number(booked?.fills)).toBe(venueFills.length)
    await expectCashToBeTheTrades(trader, day, trades)
    fills += venueFills.length
    partials += (truth?.orders ?? []).filter((order) => order.fills.length > 1).length
  }
  console.log(`books: ${fills} fills, ${partials} orders filled in parts`)
  expect(fills).toBeGreaterThanOrEqual(200)
  expect(partials).toBeGreaterThan(50)
})

/** Opens a position, takes a part of it out, and closes it; returns its id. */
async function trade(trader: Trader, day: Day, round: number): Promise<string> {
  const base = bases[round % bases.length] ?? 'BTC'
  const side = day.market === 'futures' && round % 2 === 1 ? 'short' : 'long'
  const quantity = (sizes[base] * (1 + (round % 3))).toFixed(steps[base])
  const leverage = day.market === 'futures' ? 5 : 1
  const entryId = await floor.enter(trader, { base, side, quantity, leverage })
  expect(await sendOrder(desk, entryId)).toMatchObject({ state: 'filled', needsResolving: false })
  const { positionId } = await orderOrThrow(db, entryId)
  const part = new Decimal(quantity).times('0.25').toDecimalPlaces(steps[base]).toString()
  await exit(positionId, { quantity: part, slot: 'tp:1' })
  await exit(positionId, { quantity: 'all', slot: 'close' })
  expect(await findPosition(db, positionId)).toMatchObject({ state: 'closed', quantityOpen: '0' })
  return positionId
}

async function exit(positionId: string, wish: { quantity: string; slot: 'tp:1' | 'close' }): Promise<void> {
  const id = await db.transaction().execute((tx) =>
    planExit(tx, keys, {
      positionId,
      quantity: wish.quantity,
      slots: [wish.slot],
      reason: 'take_profit',
      price: 1_000,
      actor: 'test',
    }),
  )
  expect(await sendOrder(desk, id ?? '')).toMatchObject({ state: 'filled', needsResolving: false })
}

/** On futures the trades' net results are what the wallet gained, less the fees that were paid in another coin. */
async function expectCashToBeTheTrades(trader: Trader, day: Day, positionIds: string[]): Promise<void> {
  if (day.market === 'spot') return
  let net = new Decimal(0)
  for (const id of positionIds) net = net.plus((await findTrade(db, id))?.pnl ?? 0)
  const wallet = new Decimal((await ledgerBalances(db, trader.account.id)).get('USDT') ?? 0)
  const [inBnb] = await floor.database.query<{ fees: string | null }>(
    `select sum(fee * fee_price) as fees from fills where account_id = $1 and fee_currency <> 'USDT'`,
    [trader.account.id],
  )
  const gained = wallet.minus('50000000').minus(inBnb?.fees ?? 0)
  expect(gained.minus(net).abs().lt('0.000001')).toBe(true)
}

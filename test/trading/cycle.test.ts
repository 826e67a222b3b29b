import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { orderOrThrow } from '#db/orders.ts'
import { liveReservationsOf } from '#db/risk-reservations.ts'
import { liveSignalsFor, recordSignal } from '#db/signals.ts'
import { saveSettings } from '#db/trading-settings.ts'
import { categoryOf } from '#src/domain/entries/categories.ts'
import type { UserSettingsPatch } from '#src/domain/settings.ts'
import { defaultTrustedSources, type SignalAction } from '#src/domain/signal.ts'
import { openFeeds } from '#src/exchange/feeds.ts'
import type { MarketFeed } from '#src/exchange/market-feed.ts'
import { sendOrder } from '#src/orders/send.ts'
import { syntheticCoins } from '#src/simulator/tape/synthetic-coins.ts'
import { type Decided, decideAll } from '#src/trading/cycle.ts'
import type { Cycle } from '#src/trading/question.ts'
import { keys, openFloor, secretKey, type Trader } from '#test/support/floor.ts'
import { runNode } from '#test/support/program.ts'
import { venueStub } from '#test/support/venue-stub.ts'

const floor = await openFloor()
const { db, database, desk } = floor
const bases = syntheticCoins.map(({ symbol }) => symbol.split('/', 1)[0] ?? '')
/** What racing workers connect by: one pool would let ten of them run at once. */
const pools = [db, database.db()]

test('sixteen workers that cycle one account with one free slot take one entry', async () => {
  const trader = await traderWith({ max_positions: 1 })
  for (const base of bases) await say(trader, base)
  const all = await race(trader, 16)

  const planned = all.filter(({ orderId }) => orderId !== undefined)
  expect(planned).toHaveLength(1)
  expect(await countOf('positions', trader)).toBe(1)
  expect(await countOf('orders', trader)).toBe(1)
  expect(await liveReservationsOf(db, trader.account.id)).toHaveLength(1)
  expect(await decisionsOf(trader)).toContainEqual({ outcome: 'skipped', action: 'max_positions' })
})

test('two processes of eight workers each and one free slot take one entry together', async () => {
  const trader = await traderWith({ max_positions: 1 })
  for (const base of bases) await say(trader, base)
  const script = fileURLToPath(new URL('fixtures/cycling-worker.ts', import.meta.url))
  const programs = [0, 5].map((first) =>
    runNode([script, database.url, floor.simulator.url, secretKey, trader.account.id, '8', String(first)]),
  )
  for (const program of programs) await program.until(/ready/)
  for (const program of programs) program.kill('SIGUSR2')
  const ends = await Promise.all(programs.map(({ ended }) => ended))
  const planned = ends.map(({ output }) => Number(/planned: (\d+)/.exec(output)?.[1]))
  expect(planned.toSorted()).toEqual([0, 1])
  expect(await countOf('positions', trader)).toBe(1)
  expect(await countOf('orders', trader)).toBe(1)
  expect(await liveReservationsOf(db, trader.account.id)).toHaveLength(1)
})

test('of sixteen workers that act on one signal one enters, and no other calls it skipped', async () => {
  const trader = await traderWith({})
  await say(trader, 'BTC')
  const all = await race(trader, 16)
  expect(all.filter(({ orderId }) => orderId !== undefined)).toHaveLength(1)
  expect(await decisionsOf(trader)).toEqual([{ outcome: 'taken', action: 'open' }])
})

describe('workers at the same time cannot break a limit together', () => {
  const roomy = {
    max_positions: 100,
    max_position: 100_000,
    hourly_trade_limit: 100,
    daily_trade_limit: 100,
    portfolio_limits: { correlation: false },
  } as const

  test.each([
    ['max_positions', { ...roomy, max_positions: 3 }, 3],
    ['hourly_trade_limit', { ...roomy, hourly_trade_limit: 2 }, 2],
    ['daily_trade_limit', { ...roomy, daily_trade_limit: 4 }, 4],
  ])('%s', async (rule, settings, most) => {
    const trader = await traderWith(settings)
    for (const base of bases) await say(trader, base, { confidence: 0.7 })
    await race(trader, 8)
    expect(await countOf('positions', trader)).toBe(most)
    expect((await decisionsOf(trader)).map(({ action }) => action)).toContain(rule)
  })

  test('a category: one entry fills its share, and no second one fits', async () => {
    // 9 % of 10,000 for all L1 coins together, and each entry is 900.
    const trader = await traderWith({
      ...roomy,
      max_position: 900,
      portfolio_limits: { correlation: false, l1_pct: 9 },
    })
    for (const base of bases.filter((base) => categoryOf(base) === 'l1')) await say(trader, base)
    const all = await race(trader, 16)
    expect(all.filter(({ orderId }) => orderId !== undefined)).toHaveLength(1)
    expect(await liveReservationsOf(db, trader.account.id)).toHaveLength(1)
    expect(refusals(all, 'portfolio').join()).toContain('l1_limit leaves room for')
  })

  test('heat: the stops of all together lose no more than the tier lets them', async () => {
    // 12 % of 10,000; every stop loses at most 2.5 %, and the last entry takes what is left.
    const trader = await traderWith({
      ...roomy,
      risk_tiers: true,
      risk_per_trade: 2.5,
      dynamic_stops: false,
      stop_loss_pct: 20,
      portfolio_limits: { ...roomy.portfolio_limits, stable_reserve_pct: null },
    })
    for (const base of bases.slice(0, 8)) await say(trader, base)
    const all = await race(trader, 16)
    const risks = (await liveReservationsOf(db, trader.account.id)).map(({ risk }) => Number(risk))
    const sum = risks.reduce((total, risk) => total + risk, 0)
    expect(risks.length).toBeGreaterThanOrEqual(5)
    expect(sum).toBeLessThanOrEqual(1_200)
    expect(sum).toBeGreaterThan(1_150)
    expect([...refusals(all, 'size'), ...refusals(all, 'minimum')].join()).toContain('portfolio_heat')
  }, 120_000)

  test('correlation: of coins that move as one, a third is refused, however many workers try', async () => {
    const trader = await traderWith({
      ...roomy,
      max_position: 100,
      portfolio_limits: { correlation: true },
    })
    for (const base of bases.slice(0, 5)) await say(trader, base)
    // Every coin has the candles of BTC.
    const feed = desk.feedOf(trader.account)
    const asOne: MarketFeed = { ...feed, candles: (_, ...rest) => feed.candles('BTC/USDT', ...rest) }
    const all = await race(trader, 16, { feed: asOne })
    const reserved = (await liveReservationsOf(db, trader.account.id)).map(({ notional }) => Number(notional))
    expect(reserved).toHaveLength(2)
    expect(refusals(all, 'portfolio').join()).toContain('correlation above 0.9 with 2 open positions')
  }, 120_000)

  test('the stable reserve: what all reserve together leaves a tenth of the equity', async () => {
    const trader = await traderWith({ ...roomy, risk_per_trade: 10 })
    for (const base of bases) await say(trader, base)
    await race(trader, 8)
    const reserved = (await liveReservationsOf(db, trader.account.id)).map(({ margin }) => Number(margin))
    const sum = reserved.reduce((total, margin) => total + margin, 0)
    expect(reserved.length).toBeGreaterThan(2)
    expect(sum).toBeGreaterThan(8_000)
    expect(sum).toBeLessThanOrEqual(9_000)
    expect(Math.max(...reserved)).toBeLessThanOrEqual(2_500)
  })
})

test('a signal that the account entered on is not decided again, also when nothing came of the entry', async () => {
  const trader = await traderWith({})
  await say(trader, 'ETH')
  const [entered] = await cycle(trader)
  expect(entered?.decision).toMatchObject({ outcome: 'taken', action: 'open', symbol: 'ETH/USDT' })
  expect(await cycle(trader)).toEqual([])

  await database.query(
    `update orders set planned_at = now() - interval '1 hour', expires_at = now() where id = $1`,
    [entered?.orderId],
  )
  expect(await sendOrder(desk, entered?.orderId ?? '')).toMatchObject({ state: 'abandoned' })
  expect(await cycle(trader)).toEqual([])
  expect(await decisionsOf(trader)).toEqual([{ outcome: 'taken', action: 'open' }])
})

test.each([
  ['the user did not choose', { sources: ['smart_entry'] }, 'titan_v3', defaultTrustedSources],
  ['the operator does not trust', { sources: ['smart_entry'] }, 'smart_entry', ['titan_v3']],
  ['a strategy the user did not name', { sources: ['strategy:mine'] }, 'strategy:other', []],
])('a source that %s is not decided at all', async (_, settings, source, trustedSources) => {
  const trader = await traderWith(settings)
  await say(trader, 'BTC', { source })
  expect(await cycle(trader, { trustedSources })).toEqual([])
  expect(await decisionsOf(trader)).toEqual([])
})

test('a signal that cannot be judged throws after the others were decided', async () => {
  const trader = await traderWith({})
  const stub = await venueStub(floor.simulator.url)
  stub.answer = (path) =>
    path.includes('/klines?symbol=BTCUSDT') ? { status: 500, body: '{"code":-1000}' } : undefined
  await say(trader, 'BTC')
  await say(trader, 'ETH')
  const given: string[] = []
  const judging = (async () => {
    for await (const { decision, orderId } of await deciding(trader, { feed: feedAt(stub.url) }))
      given.push(`${decision.outcome} ${decision.symbol} ${orderId !== undefined}`)
  })()
  await expect(judging).rejects.toThrow('1 of 2 signals could not be decided')
  const { errors } = (await judging.catch((error: unknown) => error)) as AggregateError
  expect(String(errors[0])).toMatch(/VenueUnavailable: \/api\/v3\/klines of 127\.0\.0\.1:\d+: HTTP 500/)
  expect(given).toEqual(['taken ETH/USDT true'])
  expect(await decisionsOf(trader)).toEqual([{ outcome: 'taken', action: 'open' }])
  expect(await symbolsHeld(trader)).toEqual(['ETH/USDT'])
})

test('a base that the account’s market does not list is skipped with that reason', async () => {
  const trader = await traderWith({})
  await say(trader, 'PEPE')
  const [decided] = await cycle(trader)
  expect(decided).toMatchObject({
    isNews: true,
    decision: {
      outcome: 'skipped',
      rule: 'listed',
      reasons: ['PEPE is not listed against USDT on binance spot'],
    },
  })
})

test('a skip is stored when it says something new, and not each time it is decided', async () => {
  const trader = await traderWith({ max_positions: 1 })
  await say(trader, 'BTC')
  await cycle(trader)
  await say(trader, 'ETH')
  expect((await cycle(trader)).map(({ isNews }) => isNews)).toEqual([true])
  expect((await cycle(trader)).map(({ isNews }) => isNews)).toEqual([false])
  await saveSettings(db, trader.account.userId, null, { max_positions: 5, hourly_trade_limit: 1 })
  expect((await cycle(trader)).map(({ isNews }) => isNews)).toEqual([true])
  expect((await decisionsOf(trader)).map(({ action }) => action)).toEqual([
    'open',
    'max_positions',
    'hourly_trade_limit',
  ])
})

test.each([
  ['spot', 'BUY', 'SELL', 'sell'],
  ['futures', 'BUY', 'SELL', 'sell'],
  ['futures', 'SELL', 'BUY', 'buy'],
] as const)(
  'on %s what a %s opened, a %s of its source closes: one exit, with the reason signal',
  async (market, opens, closes, side) => {
    const trader = await traderWith({ allow_short: true }, market)
    await say(trader, 'BTC', { action: opens })
    const [entered] = await cycle(trader)
    expect(await sendOrder(desk, entered?.orderId ?? '')).toMatchObject({ state: 'filled' })

    await say(trader, 'BTC', { action: closes })
    const exits = (await race(trader, 8)).filter(({ orderId }) => orderId !== undefined)
    expect(exits).toHaveLength(1)
    expect(exits[0]?.decision).toMatchObject({ outcome: 'taken', action: 'close' })
    const exit = await orderOrThrow(db, exits[0]?.orderId ?? '')
    expect(exit).toMatchObject({ purpose: 'exit', side, type: 'market', closeReason: 'signal' })
    expect(await sendOrder(desk, exit.id)).toMatchObject({ state: 'filled' })
    const trades = await database.query('select close_reason from trades where account_id = $1', [
      trader.account.id,
    ])
    expect(trades).toEqual([{ close_reason: 'signal' }])
    expect(await decisionsOf(trader)).toContainEqual({ outcome: 'taken', action: 'close' })
  },
)

test('a SELL of another source closes nothing', async () => {
  const trader = await traderWith({})
  await say(trader, 'SOL')
  const [entered] = await cycle(trader)
  await sendOrder(desk, entered?.orderId ?? '')
  await say(trader, 'SOL', { action: 'SELL', source: 'COUNCIL_V2.0_FALLBACK' })
  const [other] = await cycle(trader)
  expect(other?.decision).toMatchObject({ outcome: 'skipped', rule: 'intent' })
  expect(await countOf('orders', trader)).toBe(1)
})

test.each(['spot', 'futures'] as const)(
  'every number of a decision on %s survives JSON and the database',
  async (market) => {
    const trader = await traderWith({ max_positions: 3, allow_short: true }, market)
    for (const [index, base] of [...bases, 'PEPE'].entries())
      await say(trader, base, { action: index % 3 === 2 ? 'SELL' : 'BUY', confidence: 0.3 + index * 0.07 })
    const decided = await cycle(trader)
    expect(decided).toHaveLength(bases.length + 1)
    for (const { decision, signal } of decided) {
      expect(JSON.parse(JSON.stringify(decision))).toEqual(decision)
      const stored = await database.query(
        'select symbol, outcome, reasons, steps from decisions where account_id = $1 and signal_id = $2',
        [trader.account.id, signal.id],
      )
      const { symbol, outcome, reasons, steps } = decision
      expect(stored).toEqual([{ symbol, outcome, reasons, steps }])
    }
  },
)

/** A trader of 10,000 USDT with settings of their own. */
async function traderWith(settings: UserSettingsPatch, market: 'spot' | 'futures' = 'spot'): Promise<Trader> {
  const trader = await floor.trader({ market, balances: { USDT: '10000' } })
  await saveSettings(db, trader.account.userId, null, settings)
  return trader
}

/** A signal to this trader alone, confident enough for any hour of the day. */
async function say(
  { account }: Trader,
  base: string,
  {
    action = 'BUY',
    source = 'smart_entry',
    confidence = 0.9,
  }: { action?: SignalAction; source?: string; confidence?: number } = {},
): Promise<void> {
  const saidAtMs = Date.now()
  await recordSignal(db, {
    source,
    symbol: `${base}/USDT`,
    userId: account.userId,
    action,
    confidence,
    reasoning: 'a test',
    details: {},
    price: 1,
    saidAtMs,
    expiresAtMs: saidAtMs + 60_000,
  })
}

async function cycle(trader: Trader, change: Parameters<typeof deciding>[1] = {}): Promise<Decided[]> {
  const all: Decided[] = []
  for await (const decided of await deciding(trader, change)) all.push(decided)
  return all
}

async function deciding(
  { account }: Trader,
  { startAt = 0, ...change }: Partial<Cycle> & { startAt?: number },
): Promise<AsyncGenerator<Decided>> {
  const live = await liveSignalsFor(db, account.userId, Date.now())
  const signals = [...live.slice(startAt % live.length), ...live.slice(0, startAt % live.length)]
  return decideAll(
    {
      db,
      keys,
      account,
      feed: desk.feedOf(account),
      trustedSources: defaultTrustedSources,
      setupFilter: () => ({ weights: undefined }),
      speed: 1,
      marketNowMs: Date.now(),
      actor: 'test',
      ...change,
    },
    signals,
  )
}

/** So many workers cycle the account at once, each beginning with another signal: the locks alone keep them apart. */
async function race(trader: Trader, workers: number, change: Partial<Cycle> = {}): Promise<Decided[]> {
  const all = await Promise.all(
    Array.from({ length: workers }, (_, index) =>
      cycle(trader, {
        actor: `worker-${index}`,
        db: pools[index % pools.length] ?? db,
        startAt: index,
        ...change,
      }),
    ),
  )
  return all.flat()
}

/** Why a rule refused, in each decision in which it did. */
function refusals(all: readonly Decided[], rule: string): string[] {
  return all.flatMap(({ decision }) =>
    decision.outcome === 'skipped' && decision.rule === rule ? decision.reasons : [],
  )
}

function feedAt(url: string): MarketFeed {
  const feedOf = openFeeds({ simulatorUrl: async () => url, marketNow: Date.now, speed: 1 })
  return feedOf({ exchange: 'binance', market: 'spot', mode: 'paper' })
}

async function countOf(table: 'positions' | 'orders', { account }: Trader): Promise<number> {
  const rows = await database.query(`select from ${table} where account_id = $1`, [account.id])
  return rows.length
}

async function symbolsHeld({ account }: Trader): Promise<string[]> {
  const rows = await database.query<{ symbol: string }>(
    'select symbol from positions where account_id = $1',
    [account.id],
  )
  return rows.map(({ symbol }) => symbol)
}

/** Every stored decision of a trader, oldest first. */
function decisionsOf({ account }: Trader): Promise<{ outcome: string; action: string }[]> {
  return database.query('select outcome, action from decisions where account_id = $1 order by created_at', [
    account.id,
  ])
}

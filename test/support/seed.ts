import { randomUUID } from 'node:crypto'
import type { Vote } from '#src/domain/strategies/council/vote.ts'
import type { SmartEntryParts } from '#src/domain/strategies/smart-entry.ts'

/** Runs one statement as superuser. */
export type Query = (text: string, values?: unknown[]) => Promise<unknown>

export interface SeedUser {
  readonly id: string
  readonly name: string
}

interface SeedAccount {
  readonly id: string
  readonly userId: string
  readonly market: 'spot' | 'futures'
}

/** Ids of what was seeded for one user. */
export interface Seeded {
  readonly accountId: string
  readonly openPositionIds: readonly string[]
}

const prices = {
  'BTC/USDT': 67_412.5,
  'ETH/USDT': 3_284.17,
  'SOL/USDT': 146.82,
  'XRP/USDT': 0.5214,
  'BNB/USDT': 587.4,
} as const
type Symbol = keyof typeof prices

/** Minutes before now. */
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000)

/** What two days of paper trading leave behind: equity, closed trades, open positions, decisions on the signals. */
export async function seedTrading(
  query: Query,
  user: SeedUser,
  market: SeedAccount['market'],
  signals: readonly SeededSignal[],
): Promise<Seeded> {
  const account: SeedAccount = { id: randomUUID(), userId: user.id, market }
  await query(
    `insert into accounts (id, user_id, name, exchange, market, mode, quote) values ($1, $2, $3, 'binance', $4, 'paper', 'USDT')`,
    [account.id, user.id, market === 'spot' ? 'Paper spot' : 'Paper futures', market],
  )
  await seedEquity(query, account)
  await seedDecisions(query, account, signals)
  for (const trade of closedTrades) await seedTrade(query, account, trade)
  const openPositionIds: string[] = []
  for (const open of openPositions[market]) openPositionIds.push(await seedOpen(query, account, open))
  return { accountId: account.id, openPositionIds }
}

async function seedEquity(query: Query, account: SeedAccount): Promise<void> {
  await query(
    `insert into equity_snapshots (account_id, user_id, at, market_at, equity, free_quote, exposure, open_pnl)
     select $1, $2, t, t, round((10000 + 95 * sin(n / 260.0) + 38 * sin(n / 47.0 + 1) + 14 * sin(n / 9.0) + n * 0.041)::numeric, 8),
       7214.40, 2785.60, 21.4
     from generate_series(0, 2879) n, lateral (select date_trunc('second', now()) - (2879 - n) * interval '1 minute' as t) at`,
    [account.id, account.userId],
  )
}

export interface SeededSignal {
  readonly id: string
  readonly symbol: Symbol
}

const votes: readonly Vote[] = [
  {
    seat: 'cio',
    value: 0.72,
    confidence: 0.61,
    reasons: ['EMA 20/50/200 in order on 1 h', 'EMA 20/50/200 half in order on 4 h', '24 h momentum 2.10 %'],
  },
  {
    seat: 'execution',
    value: 0.41,
    confidence: 0.55,
    reasons: ['RSI 14 at 58', 'MACD histogram above 0', 'upper half of the Bollinger band'],
  },
  { seat: 'research', abstains: 'history', reasons: ['needs 201 days'] },
  { seat: 'risk', value: 0, confidence: 0.28, reasons: ['daily volatility 2.20 %', '24 h drawdown 1.40 %'] },
]

const parts: SmartEntryParts = { trend: 1, macd: 1, volume: 0.34, pattern: 0, rsi: 0.45, structure: 1 }

/** How long the seeded signals live. */
const lifetimeMinutes = 5

/** Signals for everyone, the first of them alive. */
export async function seedSignals(query: Query): Promise<SeededSignal[]> {
  const rows = [
    {
      symbol: 'BTC/USDT',
      source: 'COUNCIL_V2.0_FALLBACK',
      action: 'BUY',
      confidence: 0.47,
      minutes: 2,
      details: { votes, score: 0.47 },
      reasoning:
        'CIO +0.72 (c 0.61), Execution strategist +0.41 (c 0.55), Research abstains, Risk damps 0.28: score +0.47',
    },
    {
      symbol: 'ETH/USDT',
      source: 'smart_entry',
      action: 'BUY',
      confidence: 0.58,
      minutes: 3,
      details: { parts, score: 0.58 },
      reasoning: 'trend +1.00, MACD +1.00, volume +0.34, pattern 0, RSI +0.45, structure +1.00',
    },
    {
      symbol: 'SOL/USDT',
      source: 'smart_entry',
      action: 'SELL',
      confidence: 0.41,
      minutes: 6,
      details: { parts, score: 0.58 },
      reasoning: 'trend −1.00, MACD −0.50, volume −0.12, pattern −1.00, RSI −0.20, structure +0.00',
    },
    {
      symbol: 'XRP/USDT',
      source: 'COUNCIL_V2.0_FALLBACK',
      action: 'BUY',
      confidence: 0.29,
      minutes: 9,
      details: { votes, score: 0.47 },
      reasoning: 'CIO +0.34 (c 0.40), Execution strategist +0.31 (c 0.35), Risk damps 0.31: score +0.29',
    },
    {
      symbol: 'BNB/USDT',
      source: 'smart_entry',
      action: 'HOLD',
      confidence: 0.12,
      minutes: 14,
      details: { parts, score: 0.58 },
      reasoning: 'no side: Σ 0.12 is below 0.35',
    },
  ] as const
  const made: SeededSignal[] = []
  for (const row of rows) {
    const id = randomUUID()
    await query(
      `insert into trading_signals (id, source, symbol, action, confidence, reasoning, details, price, created_at, renewed_at, expires_at, ended_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11)`,
      [
        id,
        row.source,
        row.symbol,
        row.action,
        row.confidence,
        row.reasoning,
        JSON.stringify(row.details),
        prices[row.symbol],
        ago(row.minutes),
        ago(row.minutes - lifetimeMinutes),
        row.minutes < lifetimeMinutes ? null : ago(row.minutes - lifetimeMinutes),
      ],
    )
    made.push({ id, symbol: row.symbol })
  }
  return made
}

async function seedDecisions(
  query: Query,
  account: SeedAccount,
  signals: readonly SeededSignal[],
): Promise<void> {
  const [btc, eth, sol, xrp] = signals
  const trust = { name: 'source', passed: true, numbers: { trusted: true, age_minutes: 0.4 } }
  const threshold = {
    name: 'threshold',
    passed: true,
    numbers: { confidence: 0.58, threshold: 0.41, volatility: 0.03, accuracy: 0.01, time_of_day: 0.02 },
  }
  const rows = [
    {
      signal: btc,
      outcome: 'taken',
      action: 'open',
      reasons: [
        'Confidence 0.47 is above the threshold 0.41',
        'Size 812.40 USDT from a stop 2.1 % away at 2 % risk',
      ],
      steps: [
        trust,
        threshold,
        {
          name: 'size',
          passed: true,
          numbers: { risk_amount: '200.61', stop_ratio: 0.021, notional: '812.40', quantity: '0.01205' },
        },
        {
          name: 'limits',
          passed: true,
          numbers: { open_positions: 2, max_positions: 5, trades_today: 4, daily_limit: 15 },
        },
      ],
    },
    {
      signal: eth,
      outcome: 'skipped',
      action: 'correlation',
      reasons: ['ETH moves with what is open: mean correlation 0.92 with 2 positions above 0.9'],
      steps: [
        trust,
        threshold,
        {
          name: 'correlation',
          passed: false,
          numbers: { mean: 0.92, positions_above: 2, limit: 0.9 },
          reason: 'mean correlation 0.92 with two positions above 0.9 rejects',
        },
      ],
    },
    {
      signal: sol,
      outcome: 'skipped',
      action: 'side',
      reasons: ['A SELL opens nothing on spot, and there is no long position in SOL to close'],
      steps: [
        trust,
        { name: 'side', passed: false, numbers: { allow_short: false }, reason: 'no position to close' },
      ],
    },
    {
      signal: xrp,
      outcome: 'skipped',
      action: 'threshold',
      reasons: ['Confidence 0.29 is below the threshold 0.41'],
      steps: [
        trust,
        {
          ...threshold,
          passed: false,
          numbers: { ...threshold.numbers, confidence: 0.29 },
          reason: '0.29 < 0.41',
        },
      ],
    },
  ]
  for (const [index, row] of rows.entries())
    await query(
      `insert into decisions (user_id, account_id, signal_id, symbol, outcome, action, reasons, steps, market_at, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)`,
      [
        account.userId,
        account.id,
        row.signal?.id,
        row.signal?.symbol,
        row.outcome,
        row.action,
        JSON.stringify(row.reasons),
        JSON.stringify(row.steps),
        ago(2 + index * 3),
      ],
    )
}

interface ClosedTrade {
  readonly symbol: Symbol
  readonly side: 'long' | 'short'
  readonly move: number
  readonly reason: string
  readonly hoursAgo: number
}

const closedTrades: readonly ClosedTrade[] = [
  { symbol: 'SOL/USDT', side: 'long', move: 0.0241, reason: 'trailing_stop', hoursAgo: 1 },
  { symbol: 'ETH/USDT', side: 'long', move: -0.0102, reason: 'stop_loss', hoursAgo: 3 },
  { symbol: 'XRP/USDT', side: 'long', move: 0.0312, reason: 'take_profit', hoursAgo: 6 },
  { symbol: 'BTC/USDT', side: 'long', move: 0.0038, reason: 'time_exit', hoursAgo: 14 },
  { symbol: 'BNB/USDT', side: 'long', move: -0.0064, reason: 'signal', hoursAgo: 21 },
  { symbol: 'BTC/USDT', side: 'long', move: 0.0129, reason: 'partial_tp_3', hoursAgo: 29 },
]

async function seedTrade(query: Query, account: SeedAccount, trade: ClosedTrade): Promise<void> {
  const positionId = randomUUID()
  const entry = prices[trade.symbol] * (1 - trade.move)
  const quantity = Number((800 / entry).toPrecision(4))
  const gross = (prices[trade.symbol] - entry) * quantity
  const fees = 800 * 0.002
  const closed = ago(trade.hoursAgo * 60)
  const opened = ago(trade.hoursAgo * 60 + 95)
  await query(
    `insert into positions (id, user_id, account_id, source, symbol, side, state, qty_entered, entry_price, close_reason, opened_at, closed_at, created_at)
     values ($1, $2, $3, 'smart_entry', $4, $5, 'closed', $6, $7, $8, $9, $10, $9)`,
    [
      positionId,
      account.userId,
      account.id,
      trade.symbol,
      trade.side,
      quantity,
      entry.toFixed(6),
      trade.reason,
      opened,
      closed,
    ],
  )
  await query(
    `insert into trades (user_id, account_id, position_id, source, symbol, side, quantity, entry_price, exit_price, gross_pnl, fees, pnl, profit_ratio, close_reason, opened_at, closed_at)
     values ($1, $2, $3, 'smart_entry', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [
      account.userId,
      account.id,
      positionId,
      trade.symbol,
      trade.side,
      quantity,
      entry.toFixed(6),
      prices[trade.symbol],
      gross.toFixed(8),
      fees.toFixed(8),
      (gross - fees).toFixed(8),
      (gross - fees) / 800,
      trade.reason,
      opened,
      closed,
    ],
  )
}

interface OpenPosition {
  readonly symbol: Symbol
  readonly side: 'long' | 'short'
  readonly entry: number
  readonly stop: number
  readonly target: number
  readonly trailing: number | null
  readonly levels: readonly number[]
  readonly secondsSinceLook: number | null
}

const openPositions: Readonly<Record<SeedAccount['market'], readonly OpenPosition[]>> = {
  spot: [
    {
      symbol: 'BTC/USDT',
      side: 'long',
      entry: 66_481.2,
      stop: 65_310,
      target: 69_940,
      trailing: 66_998.25,
      levels: [1],
      secondsSinceLook: 1,
    },
    {
      symbol: 'ETH/USDT',
      side: 'long',
      entry: 3_312.4,
      stop: 3_241,
      target: 3_472.1,
      trailing: null,
      levels: [],
      secondsSinceLook: 2,
    },
    {
      symbol: 'XRP/USDT',
      side: 'long',
      entry: 0.5198,
      stop: 0.5081,
      target: 0.5471,
      trailing: null,
      levels: [],
      secondsSinceLook: 41,
    },
  ],
  futures: [
    {
      symbol: 'SOL/USDT',
      side: 'short',
      entry: 148.4,
      stop: 151.9,
      target: 141.2,
      trailing: 148.29,
      levels: [1],
      secondsSinceLook: 1,
    },
    {
      symbol: 'BNB/USDT',
      side: 'long',
      entry: 586.1,
      stop: 577.5,
      target: 604.9,
      trailing: null,
      levels: [],
      secondsSinceLook: null,
    },
  ],
}

async function seedOpen(query: Query, account: SeedAccount, open: OpenPosition): Promise<string> {
  const id = randomUUID()
  const quantity = Number((900 / open.entry).toPrecision(4))
  const state = open.secondsSinceLook === null ? 'opening' : 'open'
  const size = state === 'opening' ? 0 : quantity
  await query(
    `insert into positions (id, user_id, account_id, source, symbol, side, state, qty_open, qty_entered, entry_price, leverage, stop_loss, take_profit, opened_at, created_at)
     values ($1, $2, $3, 'smart_entry', $4, $5, $6, $7, $7, $8, $9, $10, $11, $12, $12)`,
    [
      id,
      account.userId,
      account.id,
      open.symbol,
      open.side,
      state,
      size,
      size === 0 ? null : open.entry,
      account.market === 'spot' ? 1 : 3,
      open.stop,
      open.target,
      ago(134),
    ],
  )
  if (state === 'opening') return id
  await query(
    `insert into monitored_positions (position_id, user_id, shard, entry_price, best_price, stop_loss, take_profit, trailing_sl, taken_levels, rules, last_price, evaluated_at)
     values ($1, $2, 0, $3, $4, $5, $6, $7, $8, '{}', $9, now() - make_interval(secs => $10))`,
    [
      id,
      account.userId,
      open.entry,
      prices[open.symbol],
      open.stop,
      open.target,
      open.trailing,
      open.levels,
      prices[open.symbol],
      open.secondsSinceLook,
    ],
  )
  await seedEntryFill(query, account, { id, open, quantity })
  return id
}

async function seedEntryFill(
  query: Query,
  account: SeedAccount,
  position: { id: string; open: OpenPosition; quantity: number },
): Promise<void> {
  const { id, open, quantity } = position
  const orderId = randomUUID()
  const side = open.side === 'long' ? 'buy' : 'sell'
  await query(
    `insert into orders (id, user_id, account_id, position_id, exchange, symbol, side, purpose, type, quantity, reference_price, is_reduce_only, client_order_id, state, filled, average_price, sent_at)
     values ($1, $2, $3, $4, 'binance', $5, $6, 'entry', 'market', $7, $8, false, $9, 'filled', $7, $8, $10)`,
    [
      orderId,
      account.userId,
      account.id,
      id,
      open.symbol,
      side,
      quantity,
      open.entry,
      orderId.replaceAll('-', ''),
      ago(134),
    ],
  )
  await query(
    `insert into fills (user_id, account_id, symbol, venue_trade_id, order_id, position_id, side, price, quantity, cost, fee, fee_currency, fee_price, is_maker, filled_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'USDT', 1, false, $12)`,
    [
      account.userId,
      account.id,
      open.symbol,
      orderId,
      orderId,
      id,
      side,
      open.entry,
      quantity,
      open.entry * quantity,
      open.entry * quantity * 0.001,
      ago(134),
    ],
  )
}

/** Keeps the evaluations of seeded positions as fresh as a running monitor would. */
export async function beatMonitor(query: Query): Promise<void> {
  await query(`update monitored_positions set evaluated_at = now() - make_interval(secs => case symbol when 'XRP/USDT' then 41 else 1 end)
    from positions where positions.id = monitored_positions.position_id`)
}

/** A heartbeat of one worker for each queue given. */
export async function beatWorkers(query: Query, queues: readonly string[]): Promise<void> {
  for (const queue of queues)
    await query(
      `insert into workers (id, role, queues, host, pid, version, rss_bytes, loop_lag_ms) values ($1, $1, $2, 'test', 1, '0.1.0', 90000000, 1.2)
       on conflict (id) do update set heartbeat_at = now()`,
      [queue, [queue]],
    )
}

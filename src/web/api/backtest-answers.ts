import type { Selectable } from 'kysely'
import { z } from 'zod'
import { backtestStates } from '#db/backtests.ts'
import type { Backtests } from '#db/database.ts'
import { backtestTerms } from '../../domain/backtest.ts'
import { instant } from './fields.ts'

const ratio = z.number().nullable()

/** What a run came to in the figures by which runs are compared. Money is the simulated account's, in its quote. */
const figures = z.object({
  finalEquity: z.number(),
  profit: z.number(),
  /** Profit ÷ capital. */
  profitRatio: ratio,
  trades: z.int(),
  winRate: ratio,
  profitFactor: ratio,
  maxDrawdown: z.number(),
  sharpe: ratio,
  sortino: ratio,
  fees: z.number(),
  funding: z.number(),
  meanHoldingMs: ratio,
  /** Share of the time in which a position was open. */
  exposure: ratio,
  /** What equal parts of the symbols would have earned, bought at the beginning and held. */
  holdRatio: ratio,
  /** Signals that were not taken. */
  skipped: z.int(),
})

const group = z.object({
  key: z.string(),
  trades: z.int(),
  winRate: ratio,
  profit: z.number(),
  profitFactor: ratio,
  meanProfitRatio: ratio,
})
export type BacktestGroup = z.infer<typeof group>

/** A run in a list. */
export const backtest = z.object({
  id: z.uuid(),
  name: z.string(),
  state: z.enum(backtestStates),
  createdAt: instant,
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  /** 0–1. */
  progress: z.number(),
  doing: z.string().nullable(),
  isCancelAsked: z.boolean(),
  /** Why it failed, and what mends it. */
  reason: z.string().nullable(),
  advice: z.string().nullable(),
  terms: backtestTerms.omit({ settings: true }),
  /** Null until it is done. */
  figures: figures.nullable(),
})
export type Backtest = z.infer<typeof backtest>

/** A run with all that a page shows of it but its trades. */
export const wholeBacktest = backtest.extend({
  settings: backtestTerms.shape.settings,
  /** What should be known before one believes it. */
  notes: z.array(z.string()),
  groups: z.object({ bySymbol: z.array(group), byReason: z.array(group), bySide: z.array(group) }).nullable(),
  skippedByRule: z.array(z.object({ rule: z.string(), count: z.int() })),
  /** The same moments in every line, in epoch milliseconds; `hold` may be empty, `depth` is 0 to −1. */
  curve: z
    .object({
      times: z.array(z.number()),
      account: z.array(z.number()),
      hold: z.array(z.number()),
      depth: z.array(z.number()),
    })
    .nullable(),
})
export type WholeBacktest = z.infer<typeof wholeBacktest>

/** A trade of a run, as the engine books it: simulated, so in doubles. */
export const backtestTrade = z.object({
  number: z.int(),
  symbol: z.string(),
  side: z.enum(['long', 'short']),
  openedAt: instant,
  closedAt: instant,
  entryPrice: z.number(),
  exitPrice: z.number(),
  quantity: z.number(),
  fees: z.number(),
  funding: z.number(),
  profit: z.number(),
  profitRatio: z.number(),
  closeReason: z.string(),
  confidence: z.number(),
  /** Whether the end of the candles closed it. */
  isOpen: z.boolean(),
})
export type BacktestTrade = z.infer<typeof backtestTrade>

/** What the engine writes of a group of trades. */
const storedGroup = z.object({
  key: z.string(),
  trades: z.int(),
  win_rate: ratio,
  profit_total: z.number(),
  profit_factor: ratio,
  mean_profit_ratio: ratio,
})

/** What of a summary is shown; the engine writes more. */
const storedSummary = z.object({
  final_equity: z.number(),
  profit_total: z.number(),
  profit_total_ratio: ratio,
  trades: z.int(),
  win_rate: ratio,
  profit_factor: ratio,
  max_drawdown: z.number(),
  sharpe: ratio,
  sortino: ratio,
  fees: z.number(),
  funding: z.number(),
  average_holding_ms: ratio,
  exposure: ratio,
  buy_and_hold: z.object({ return: ratio }),
  skipped: z.int(),
  skipped_by_rule: z.array(z.object({ rule: z.string(), count: z.int() })),
  per_symbol: z.array(storedGroup),
  per_close_reason: z.array(storedGroup),
  per_side: z.array(storedGroup),
})

const storedTrade = z.object({
  symbol: z.string(),
  side: z.enum(['long', 'short']),
  entry_time_ms: z.number(),
  entry_price: z.number(),
  exit_time_ms: z.number(),
  exit_price: z.number(),
  quantity: z.number(),
  fees: z.number(),
  funding: z.number(),
  pnl: z.number(),
  profit_ratio: z.number(),
  close_reason: z.string(),
  confidence: z.number(),
  is_open: z.boolean().optional(),
})

/** The columns of a list. */
export const listColumns = [
  'id',
  'name',
  'state',
  'created_at',
  'started_at',
  'ended_at',
  'progress',
  'doing',
  'cancel_asked_at',
  'reason',
  'advice',
  'terms',
  'summary',
] as const

/** The columns of one run; its trades and its page are asked for apart. */
export const wholeColumns = [...listColumns, 'notes', 'curve'] as const

type Row = Pick<Selectable<Backtests>, (typeof listColumns)[number]>

/** A row as a list tells of it. */
export function toBacktest(row: Row): Backtest {
  const { settings: _, ...terms } = backtestTerms.parse(row.terms)
  return {
    id: row.id,
    name: row.name,
    state: row.state as Backtest['state'],
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
    progress: row.progress,
    doing: row.doing,
    isCancelAsked: row.cancel_asked_at !== null,
    reason: row.reason,
    advice: row.advice,
    terms,
    figures: row.summary === null ? null : toFigures(storedSummary.parse(row.summary)),
  }
}

/** A row with everything that was read of it. */
export function toWholeBacktest(
  row: Pick<Selectable<Backtests>, (typeof wholeColumns)[number]>,
): WholeBacktest {
  const summary = row.summary === null ? undefined : storedSummary.parse(row.summary)
  return {
    ...toBacktest(row),
    settings: backtestTerms.parse(row.terms).settings,
    notes: row.notes,
    groups: summary
      ? {
          bySymbol: summary.per_symbol.map(toGroup),
          byReason: summary.per_close_reason.map(toGroup),
          bySide: summary.per_side.map(toGroup),
        }
      : null,
    skippedByRule: summary?.skipped_by_rule ?? [],
    curve: wholeBacktest.shape.curve.parse(row.curve),
  }
}

/** A trade of a run; `number` counts from 1, in the order in which they ended. */
export function toBacktestTrade(stored: unknown, number: number): BacktestTrade {
  const trade = storedTrade.parse(stored)
  return {
    number,
    symbol: trade.symbol,
    side: trade.side,
    openedAt: new Date(trade.entry_time_ms).toISOString(),
    closedAt: new Date(trade.exit_time_ms).toISOString(),
    entryPrice: trade.entry_price,
    exitPrice: trade.exit_price,
    quantity: trade.quantity,
    fees: trade.fees,
    funding: trade.funding,
    profit: trade.pnl,
    profitRatio: trade.profit_ratio,
    closeReason: trade.close_reason,
    confidence: trade.confidence,
    isOpen: trade.is_open ?? false,
  }
}

function toFigures(summary: z.infer<typeof storedSummary>): z.infer<typeof figures> {
  return {
    finalEquity: summary.final_equity,
    profit: summary.profit_total,
    profitRatio: summary.profit_total_ratio,
    trades: summary.trades,
    winRate: summary.win_rate,
    profitFactor: summary.profit_factor,
    maxDrawdown: summary.max_drawdown,
    sharpe: summary.sharpe,
    sortino: summary.sortino,
    fees: summary.fees,
    funding: summary.funding,
    meanHoldingMs: summary.average_holding_ms,
    exposure: summary.exposure,
    holdRatio: summary.buy_and_hold.return,
    skipped: summary.skipped,
  }
}

function toGroup(stored: z.infer<typeof storedGroup>): BacktestGroup {
  return {
    key: stored.key,
    trades: stored.trades,
    winRate: stored.win_rate,
    profit: stored.profit_total,
    profitFactor: stored.profit_factor,
    meanProfitRatio: stored.mean_profit_ratio,
  }
}

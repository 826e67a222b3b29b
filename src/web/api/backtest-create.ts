import { sql } from 'kysely'
import { z } from 'zod'
import type { Account } from '#db/accounts.ts'
import { accountsOf } from '#db/accounts.ts'
import { addBacktest, countUnfinished, dropOldBacktests } from '#db/backtests.ts'
import type { Db } from '#db/client.ts'
import { findSettings } from '#db/trading-settings.ts'
import {
  type BacktestTerms,
  backtestChoices,
  backtestLimits,
  backtestTerms,
  backtestTimeframes,
  longestBacktestDays,
  spanComplaint,
} from '../../domain/backtest.ts'
import { timeframeMs } from '../../domain/candle.ts'
import { type UserSettingsPatch, userSettingsPatch } from '../../domain/settings.ts'
import { councilStrategy } from '../../domain/strategies/council/council.ts'
import { parameterFields, parametersOf } from '../../domain/strategies/parameters.ts'
import { smartEntryStrategy } from '../../domain/strategies/smart-entry.ts'
import type { Strategy } from '../../domain/strategies/strategy.ts'
import { mergeSettings } from '../../domain/trading-settings.ts'
import { messageOf } from '../../errors.ts'
import { backtest as backtestJob } from '../../queue/contracts.ts'
import type { Enqueue } from '../../queue/enqueue.ts'
import { noSuch, Problem } from '../problem.ts'
import { marketNow } from './market-time.ts'
import { route } from './route.ts'

const shipped: Readonly<Record<string, Strategy>> = {
  'smart-entry': smartEntryStrategy as unknown as Strategy,
  council: councilStrategy as unknown as Strategy,
}

const dayMs = timeframeMs['1d']

/** What a run is made of where nothing else is said. */
const usual = {
  symbols: 'top10',
  timeframe: '5m',
  days: 30,
  strategy: 'smart-entry',
  slippage: 0.0005,
  capital: 10_000,
  fundingRate: { spot: 0, futures: 0.0001 },
} as const

const parameterField = z.object({
  name: z.string(),
  type: z.enum(['number', 'integer', 'boolean', 'string']),
  default: z.union([z.number(), z.string(), z.boolean()]),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  choices: z.array(z.string()).readonly().optional(),
  description: z.string().optional(),
})

/** What a form needs to ask for a run. */
const backtestOptions = z.object({
  accounts: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      exchange: z.string(),
      market: z.enum(['spot', 'futures']),
      mode: z.enum(['paper', 'testnet', 'live']),
      quote: z.string(),
      fundingRate: z.number(),
    }),
  ),
  strategies: z.array(z.object({ name: z.string(), parameters: z.array(parameterField) })),
  /** Pairs that signals have named lately. */
  symbols: z.array(z.string()),
  timeframes: z.array(z.enum(backtestTimeframes)),
  /** The market's time; null while nobody knows it. */
  now: z.iso.datetime().nullable(),
  usual: z.object({
    symbols: z.literal('top10'),
    timeframe: z.enum(backtestTimeframes),
    days: z.int(),
    strategy: z.string(),
    slippage: z.number(),
    capital: z.number(),
  }),
  longestDays: z.int(),
})
export type BacktestOptions = z.infer<typeof backtestOptions>

/** What can be asked for, and what is usual. */
export const getBacktestOptions = route({
  method: 'get',
  path: '/backtest-options',
  summary:
    'What a backtest can be made of: the caller’s accounts, strategies with their parameters, symbols.',
  answer: backtestOptions,
  async handle({ db, user, market }) {
    const now = await marketNow(db, market)
    const { fundingRate, ...rest } = usual
    return {
      accounts: (await testable(db, user.id)).map((account) => ({
        id: account.id,
        name: account.name,
        exchange: account.exchange,
        market: account.market,
        mode: account.mode,
        quote: account.quote,
        fundingRate: fundingRate[account.market],
      })),
      strategies: [
        ...Object.entries(shipped).map(([name, strategy]) => ({
          name,
          parameters: parameterFields(strategy.parameters).map(({ isPart: _, ...field }) => field),
        })),
        ...(await ownStrategies(db)).map((name) => ({ name, parameters: [] })),
      ],
      symbols: await namedLately(db),
      timeframes: [...backtestTimeframes],
      now: now?.toISOString() ?? null,
      usual: rest,
      longestDays: longestBacktestDays,
    }
  },
})

const wish = z.strictObject(
  {
    name: z.string().trim().min(1).max(100).optional(),
    account: z.uuid('must be the id of an account').optional(),
    symbols: backtestChoices.symbols.default(usual.symbols),
    timeframe: backtestChoices.timeframe.default(usual.timeframe),
    from: backtestChoices.from.optional(),
    to: backtestChoices.to.optional(),
    strategy: backtestChoices.strategy.default(usual.strategy),
    parameters: backtestChoices.parameters.default({}),
    /** What differs from the account's settings. */
    settings: userSettingsPatch.default({}),
    fee: backtestChoices.fee.default(null),
    slippage: backtestChoices.slippage.default(usual.slippage),
    capital: backtestChoices.capital.default(usual.capital),
    fundingRate: backtestChoices.fundingRate.optional(),
  },
  {
    error: ({ code }) =>
      code === 'unrecognized_keys' ? undefined : 'must be an object; {} asks for what is usual',
  },
)

/** Asks for a run; a worker begins it within seconds. */
export function createBacktest(enqueue: Enqueue) {
  return route({
    method: 'post',
    path: '/backtests',
    status: 201,
    summary:
      'Runs the rules that trade live over past candles of the account’s market. Without more, the caller’s settings over the last 30 days.',
    body: wish,
    answer: z.object({ id: z.uuid() }),
    async handle({ db, user, market, body, afterCommit }) {
      const account = await accountFor(db, user.id, body.account)
      const now = (await marketNow(db, market)) ?? new Date()
      const terms = await termsOf(db, user.id, account, body, now)
      const { unfinished, kept } = backtestLimits
      if ((await countUnfinished(db, user.id)) >= unfinished)
        throw new Problem(409, 'too-many-backtests', `${unfinished} of your backtests are not over yet.`, {
          advice: 'Wait until one is done, or cancel one.',
        })
      await dropOldBacktests(db, user.id, kept - 1)
      const id = await addBacktest(db, { userId: user.id, name: body.name ?? nameOf(terms), terms })
      afterCommit(() => enqueue(backtestJob, { backtestId: id }, { jobId: `backtest-${id}` }))
      return { id }
    },
  })
}

type TestableAccount = Account & { readonly market: 'spot' | 'futures' }

/** Accounts whose market the engine knows. */
async function testable(db: Db, userId: string): Promise<TestableAccount[]> {
  return (await accountsOf(db, userId)).filter(isTestable)
}

function isTestable(account: Account): account is TestableAccount {
  return account.market === 'spot' || account.market === 'futures'
}

async function accountFor(db: Db, userId: string, id: string | undefined): Promise<TestableAccount> {
  const accounts = await accountsOf(db, userId)
  const account = id === undefined ? accounts.find(isTestable) : accounts.find((one) => one.id === id)
  if (!account && id !== undefined) throw noSuch('account', id, '/overview')
  if (!account)
    throw new Problem(409, 'no-account', 'There is no account whose market could be tested.', {
      advice: 'Connect an account first; a paper account is enough.',
    })
  if (!isTestable(account))
    throw new Problem(409, 'market-not-testable', `Backtests know spot and futures, not ${account.market}.`, {
      advice: 'Choose another account.',
    })
  return account
}

async function termsOf(
  db: Db,
  userId: string,
  account: TestableAccount,
  body: z.infer<typeof wish>,
  now: Date,
): Promise<BacktestTerms> {
  const { exchange, market, mode, quote } = account
  const { name: _, account: __, settings, ...choices } = body
  const stepMs = timeframeMs[body.timeframe]
  const to = body.to ?? new Date(Math.floor(now.getTime() / stepMs) * stepMs).toISOString()
  const from = body.from ?? new Date(Date.parse(to) - usual.days * dayMs).toISOString()
  const stored = await findSettings(db, userId, account.id)
  const terms: BacktestTerms = {
    exchange,
    market,
    mode,
    quote,
    ...choices,
    from,
    to,
    fundingRate: body.fundingRate ?? usual.fundingRate[market],
    settings: mergeSettings({ user: stored.user, account: over(stored.account, settings), market }),
  }
  const complaint = complaintOf(terms, now)
  if (complaint)
    throw new Problem(400, 'invalid-request', `${complaint.field}: ${complaint.rule}`, {
      advice: 'Correct the named fields and send the request again.',
      errors: [complaint],
    })
  return backtestTerms.parse(terms)
}

/** Settings over others; those in groups one by one. */
function over(base: UserSettingsPatch, change: UserSettingsPatch): UserSettingsPatch {
  return {
    ...base,
    ...change,
    ...(change.protections && { protections: { ...base.protections, ...change.protections } }),
    ...(change.portfolio_limits && {
      portfolio_limits: { ...base.portfolio_limits, ...change.portfolio_limits },
    }),
    ...(change.alert_channels && { alert_channels: { ...base.alert_channels, ...change.alert_channels } }),
  }
}

/** What is wrong with terms whose every field is right by itself. */
function complaintOf(terms: BacktestTerms, now: Date): { field: string; rule: string } | undefined {
  const { symbols, quote, from, market, fundingRate, strategy, parameters } = terms
  const other = symbols === 'top10' ? undefined : symbols.find((pair) => !pair.endsWith(`/${quote}`))
  if (other) return { field: 'symbols', rule: `${other} is not traded against ${quote}, as the account is` }
  if (Date.parse(from) >= now.getTime())
    return { field: 'from', rule: `${from} is not past: it is ${now.toISOString()}` }
  const span = spanComplaint(terms)
  if (span) return { field: 'to', rule: span }
  if (market === 'spot' && fundingRate !== 0)
    return { field: 'fundingRate', rule: `${fundingRate}: on spot nobody pays funding, so it must be 0` }
  const known = shipped[strategy]
  try {
    if (known) parametersOf(known.parameters, parameters)
  } catch (error) {
    return { field: 'parameters', rule: messageOf(error) }
  }
  return undefined
}

function nameOf({ strategy, symbols, from, to, exchange, market }: BacktestTerms): string {
  const what =
    symbols === 'top10' ? 'top 10' : symbols.length === 1 ? symbols[0] : `${symbols.length} symbols`
  return `${strategy} · ${what} · ${exchange} ${market} · ${from.slice(0, 10)} to ${to.slice(0, 10)}`.slice(
    0,
    100,
  )
}

/** The operator's strategies that have spoken, or tried to. */
async function ownStrategies(db: Db): Promise<string[]> {
  const { rows } = await sql<{ source: string }>`
    select source from source_health where source like 'strategy:%'
    union select distinct source from trading_signals where source like 'strategy:%'
    order by source`.execute(db)
  return rows.map(({ source }) => source)
}

async function namedLately(db: Db): Promise<string[]> {
  const { rows } = await sql<{ symbol: string }>`
    select symbol from trading_signals where created_at > clock_timestamp() - interval '7 days'
    group by symbol order by count(*) desc, symbol limit 40`.execute(db)
  return rows.map(({ symbol }) => symbol)
}

import fc from 'fast-check'
import type { DecisionInput } from '#src/domain/entries/decision.ts'
import { markets } from '#src/domain/market.ts'
import { resolveSettings } from '#src/domain/trading-settings.ts'
import { btcFilters, decisionInput, noon } from '../build.ts'

const base = decisionInput()
const { signal, history } = base

/** Anything an account may decide on; about half of it is taken. */
export const arbitraryInput = fc
  .record({
    market: fc.constantFrom(...markets),
    profile: fc.constantFrom('ase' as const, 'pro' as const),
    riskTiers: fc.boolean(),
    riskLevel: fc.integer({ min: 1, max: 10 }),
    maxPosition: fc.integer({ min: 1, max: 5000 }),
    equity: fc.integer({ min: 5, max: 50_000 }),
    freeShare: fc.double({ min: 0.05, max: 1, noNaN: true }),
    price: fc.integer({ min: 1, max: 20_000_000 }).map((cents) => cents / 100),
    atrShare: fc.double({ min: 0, max: 0.1, noNaN: true }),
    confidence: fc.double({ min: 0.3, max: 1, noNaN: true }),
    action: fc.constantFrom('BUY' as const, 'SELL' as const, 'HOLD' as const),
    symbol: fc.constantFrom('BTC', 'DOGE', 'UNI', 'XRP'),
    open: fc.array(
      fc.tuple(
        fc.constantFrom('ETH', 'SOL', 'PEPE', 'BTC'),
        fc.double({ min: 0.001, max: 0.2, noNaN: true }),
      ),
      { maxLength: 5 },
    ),
    wins: fc.nat(40),
    losses: fc.nat(40),
    correlation: fc.double({ min: -1, max: 1, noNaN: true }),
  })
  .map((draw): DecisionInput => {
    const { market, profile, equity, price } = draw
    const quote = { ...btcFilters, symbol: `${draw.symbol}/USDT`, base: draw.symbol }
    const trade = (profitRatio: number) => ({
      symbol: 'ETH/USDT',
      closedAtMs: noon - 86_400_000,
      closeReason: 'time_exit',
      profitRatio,
    })
    return decisionInput({
      signal: { ...signal, symbol: quote.symbol, action: draw.action, confidence: draw.confidence },
      settings: resolveSettings({
        market,
        user: {
          profile,
          risk_tiers: draw.riskTiers,
          risk_level: draw.riskLevel,
          max_position: draw.maxPosition,
          symbols: 'all',
          allow_short: true,
        },
      }),
      account: {
        ...base.account,
        market,
        equity: String(equity),
        freeQuote: String(equity * draw.freeShare),
      },
      filters: { ...quote, ...(market === 'spot' ? {} : { maxLeverage: 20 }) },
      market: {
        symbol: quote.symbol,
        price,
        dailyVolatility: draw.atrShare,
        atr: price * draw.atrShare,
        regime: 'trending',
      },
      exposures: draw.open.map(([name, share], i) => ({
        positionId: String(i),
        side: 'long' as const,
        state: i % 3 === 2 ? ('reserved' as const) : ('open' as const),
        source: 'smart_entry',
        quantity: '1',
        symbol: `${name}/USDT`,
        notional: String(equity * share),
        margin: String(equity * share),
        risk: String((equity * share) / 50),
      })),
      correlations: Object.fromEntries(draw.open.map(([name]) => [`${name}/USDT`, draw.correlation])),
      history: {
        ...history,
        trades: [
          ...Array.from({ length: draw.wins }, () => trade(0.02)),
          ...Array.from({ length: draw.losses }, () => trade(-0.01)),
        ],
      },
    })
  })

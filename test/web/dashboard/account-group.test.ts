import { describe, expect, test } from 'vitest'
import type { AccountOverview } from '#src/web/api/overview.ts'
import { choicesOf } from '#src/web/dashboard/shell/account-group.ts'

const account: AccountOverview = {
  id: 'a',
  name: 'A',
  exchange: 'binance',
  market: 'spot',
  mode: 'paper',
  quote: 'USDT',
  status: 'active',
  statusReason: null,
  equity: '1000.5',
  equityAt: '2026-03-01T00:00:00.000Z',
  equityMarketAt: '2026-03-01T00:00:00.000Z',
  freeQuote: '400',
  exposure: '600',
  todayPnl: '100.5',
  todayRatio: 0.1117,
  openPnl: '5',
  openRisk: '20',
  withoutStop: 0,
  openPositions: 2,
  unprotectedPositions: 0,
  trades30d: 4,
  wins30d: 3,
  pnl30d: '12',
}

describe('what can be shown', () => {
  test('one account is itself alone', () => {
    expect(choicesOf([account]).map(({ id, members }) => [id, members.length])).toEqual([['a', 1]])
  })

  test('accounts of one mode and one currency also stand together, summed', () => {
    const other = { ...account, id: 'b', equity: '500', todayPnl: '-100', openRisk: '7', withoutStop: 1 }
    const [all, ...each] = choicesOf([account, other])
    expect(each.map(({ id }) => id)).toEqual(['a', 'b'])
    expect(all).toMatchObject({
      name: 'All paper accounts, USDT',
      equity: '1500.5',
      todayPnl: '0.5',
      todayRatio: 0.5 / 1_500,
      openRisk: '27',
      withoutStop: 1,
      openPositions: 4,
      wins30d: 6,
    })
  })

  test('real money is never added to play money, nor one currency to another', () => {
    const others = [
      { ...account, id: 'live', mode: 'live' as const },
      { ...account, id: 'euro', quote: 'EUR' },
    ]
    expect(choicesOf([account, ...others]).map(({ id }) => id)).toEqual(['a', 'live', 'euro'])
  })

  test('a sum waits for the first snapshot of every member', () => {
    const fresh = { ...account, id: 'b', equity: null, equityAt: null }
    expect(choicesOf([account, fresh])[0]).toMatchObject({ equity: null, todayPnl: null, todayRatio: null })
  })
})

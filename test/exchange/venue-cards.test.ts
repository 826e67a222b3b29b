import { expect, test } from 'vitest'
import { exchanges, markets } from '#src/domain/market.ts'
import { openPlaces, unsupported } from '#src/domain/venues.ts'
import { marketSourceOf } from '#src/exchange/market-sources.ts'
import { cardOf, cardsOrThrow } from '#src/exchange/venue-cards.ts'
import { newClientOrderId } from '#src/vault/client-order-id.ts'
import { keyRing } from '#src/vault/key-ring.ts'

const built = exchanges.flatMap((exchange) =>
  markets.flatMap((market) => {
    const card = cardOf({ exchange, market })
    return card ? [{ name: `${exchange} ${market}`, exchange, market, card }] : []
  }),
)

test('there are cards for spot and futures of several venues', () => {
  expect(built.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['binance spot', 'binance futures', 'bybit spot', 'bybit futures', 'kraken spot']),
  )
})

test.each(built)('$name has prices, takes our ids, and has limits that let an exit through', (one) => {
  const { exchange, market, card } = one
  expect(marketSourceOf(exchange, market).listing.path).toMatch(/^\//)
  const ring = keyRing('a key for tests, of thirty-two bytes or more')
  for (let many = 0; many < 100; many += 1)
    expect(newClientOrderId(ring, 'an account')).toMatch(card.clientIds.pattern)
  expect(card.limits.length).toBeGreaterThan(0)
  for (const { burst, perSecond, costs } of card.limits) {
    expect(perSecond).toBeGreaterThan(0)
    // What costs more than three quarters of a limit would never be granted to anything but an exit.
    for (const cost of Object.values(costs)) expect(cost).toBeLessThanOrEqual(burst * 0.75)
  }
  expect(card.hasStops || !card.hasAttachedStop).toBe(true)
  expect(card.hasReduceOnly || !card.hasStops).toBe(true)
})

test.each(built)(
  '$name is refused as testnet where the venue has none, and never goes to real money instead',
  (one) => {
    const place = { exchange: one.exchange, market: one.market, mode: 'testnet' } as const
    if (one.card.testnet !== undefined) return expect(unsupported(place)).toBeUndefined()
    expect(unsupported(place)).toBe(
      `${one.exchange} has no testnet for ${one.market}: connect it as paper, or live`,
    )
    expect(() => cardsOrThrow(place)).toThrow(/has no testnet/)
  },
)

test('what accounts can be connected to is what there are cards for, with the rehearsals that these know', () => {
  expect(openPlaces()).toEqual(built.map(({ exchange, market }) => ({ exchange, market })))
  for (const { exchange, market, card } of built)
    expect(unsupported({ exchange, market, mode: 'testnet' }) === undefined).toBe(card.testnet !== undefined)
})

test('what is not built is refused in one line', () => {
  expect(unsupported({ exchange: 'okx', market: 'spot' })).toBe('this build does not trade on okx yet')
  expect(unsupported({ exchange: 'kraken', market: 'futures' })).toBe(
    'this build does not trade futures on kraken yet',
  )
})

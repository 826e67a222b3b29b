import { meaningOf } from './answers.ts'
import type { SignedConnection } from './signed-connection.ts'
import type { VenueClient } from './venue-class.ts'
import type {
  KeyPermissions,
  VenueBalance,
  VenueMargin,
  VenueMovement,
  VenuePosition,
} from './venue-order.ts'

/** What an account asks about itself, and how it is set up for an entry. */
export interface HoldingCalls {
  /**
   * Sets what an entry needs: one-way mode, cross margin, leverage. Nothing on spot. Throws OrderRejected when the venue
   * will not have it.
   */
  prepareEntry(entry: { readonly symbol: string; readonly leverage: number }): Promise<void>
  balances(): Promise<VenueBalance[]>
  /** Balances and, where there is margin, its state, in one answer. */
  holdings(): Promise<{ balances: VenueBalance[]; margin: VenueMargin | undefined }>
  /** Open positions; none on spot. */
  positions(): Promise<VenuePosition[]>
  /**
   * Money that moved without an execution since a moment of the venue's clock; undefined where the venue does not tell.
   */
  movementsSince(sinceMs: number): Promise<VenueMovement[] | undefined>
  keyPermissions(): Promise<KeyPermissions>
}

/** What a process remembers of an account's settings at the venue, so that it sets them once. */
export interface VenueSettings {
  isOneWay: boolean
  /** By symbol. */
  readonly leverage: Map<string, number>
}

/** The calls of an account about what it holds and how it is set. */
export function holdingCalls(
  { connection, client }: SignedConnection,
  settings: VenueSettings,
): HoldingCalls {
  const { card, market } = connection
  const window = { recvWindow: card.readWindowMs }
  const ask = <T>(asked: string, question: (client: VenueClient) => Promise<T>) =>
    connection.call(client, { asked }, question)

  async function holdings() {
    const raw = await ask('balances', (venue) => venue.fetchBalance({ type: market.type, ...window }))
    return { balances: market.readBalances(raw.info), margin: market.readMargin(raw.info) }
  }

  async function set(asked: string, change: (client: VenueClient) => Promise<unknown>): Promise<void> {
    await connection.call(client, { asked }, async (venue) => {
      try {
        await change(venue)
      } catch (thrown) {
        if (meaningOf(card, thrown)?.proves !== 'unchanged') throw thrown
      }
    })
  }

  return {
    async prepareEntry({ symbol, leverage: most }) {
      // Venues take whole numbers; what was decided is a maximum.
      const leverage = Math.max(1, Math.floor(most))
      await connection.requireSymbol(symbol)
      await connection.clockOffsetMs()
      if (!market.hasLeverage) return
      if (!settings.isOneWay) {
        await set('one-way position mode', (venue) => venue.setPositionMode(false, undefined, window))
        settings.isOneWay = true
      }
      if (settings.leverage.get(symbol) === leverage) return
      if (!settings.leverage.has(symbol))
        await set(`cross margin on ${symbol}`, (venue) => venue.setMarginMode('cross', symbol, window))
      await set(`leverage ${leverage} on ${symbol}`, (venue) => venue.setLeverage(leverage, symbol, window))
      settings.leverage.set(symbol, leverage)
    },

    holdings,
    balances: async () => (await holdings()).balances,

    async positions() {
      if (!market.hasLeverage) return []
      const positions = await ask('positions', (venue) => venue.fetchPositions(undefined, window))
      return positions.flatMap((position) => {
        const { symbol, side, contracts, markPrice, liquidationPrice } = position
        if (symbol === undefined || contracts === undefined) return []
        return {
          symbol,
          quantity: side === 'short' ? `-${contracts}` : String(contracts),
          entryPrice: String(position.entryPrice),
          markPrice: markPrice === undefined ? null : String(markPrice),
          liquidationPrice: liquidationPrice === undefined ? null : String(liquidationPrice),
          unrealizedPnl: String(position.unrealizedPnl ?? '0'),
          initialMargin: String(position.initialMargin ?? '0'),
          maintenanceMargin: String(position.maintenanceMargin ?? '0'),
          isolatedMargin: position.marginMode === 'isolated' ? String(position.collateral ?? '0') : null,
        }
      })
    },

    async movementsSince(sinceMs) {
      const { readMovements } = market
      if (readMovements === undefined) return undefined
      const raw = await ask('income', (venue) =>
        venue.fapiPrivateGetIncome({ startTime: Math.floor(sinceMs), limit: 1_000, ...window }),
      )
      return readMovements(raw, (id) => client.safeSymbol(id, undefined, undefined, market.type))
    },

    async keyPermissions() {
      const raw = await ask('what the key may do', (venue) => venue.sapiGetAccountApiRestrictions(window))
      return card.readPermissions(raw)
    },
  }
}

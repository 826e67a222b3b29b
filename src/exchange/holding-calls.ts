import { meaningOf } from './answers.ts'
import type { CallKind } from './rate-limit.ts'
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
  /** Whether what concerns the whole account is set. */
  isSet: boolean
  /** By symbol. */
  readonly leverage: Map<string, number>
}

/** The calls of an account about what it holds and how it is set. */
export function holdingCalls(
  { connection, client }: SignedConnection,
  settings: VenueSettings,
): HoldingCalls {
  const { card, market } = connection
  const ask = <T>(kind: CallKind, asked: string, question: (client: VenueClient) => Promise<T>) =>
    connection.call(client, { asked, kind }, question)

  const { calls } = market
  const holdings = () => ask('holdings', 'balances', (venue) => calls.holdings(venue))

  async function set(asked: string, change: (client: VenueClient) => Promise<unknown>): Promise<void> {
    await connection.call(client, { asked, kind: 'setting' }, async (venue) => {
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
      const { entrySettings } = calls
      if (entrySettings === undefined) return
      if (!settings.isSet) {
        for (const one of entrySettings.ofAccount) await set(one.asked, (venue) => one.set(venue, symbol))
        settings.isSet = true
      }
      if (settings.leverage.get(symbol) === leverage) return
      if (!settings.leverage.has(symbol))
        for (const one of entrySettings.ofSymbol)
          await set(`${one.asked} on ${symbol}`, (venue) => one.set(venue, symbol))
      await set(`leverage ${leverage} on ${symbol}`, (venue) =>
        entrySettings.setLeverage(venue, symbol, leverage),
      )
      settings.leverage.set(symbol, leverage)
    },

    holdings,
    balances: async () => (await holdings()).balances,

    async positions() {
      const { positions } = calls
      return positions ? ask('positions', 'positions', (venue) => positions(venue)) : []
    },

    async movementsSince(sinceMs) {
      const { movementsSince } = calls
      return movementsSince && ask('movements', 'income', (venue) => movementsSince(venue, sinceMs))
    },

    keyPermissions: () =>
      ask('permissions', 'what the key may do', (venue) => card.keyPermissions(venue, connection.mode)),
  }
}

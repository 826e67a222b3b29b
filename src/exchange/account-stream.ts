import { setTimeout as sleep } from 'node:timers/promises'
import type { Order as CcxtOrder } from 'ccxt'
import { messageOf } from '../errors.ts'
import type { Connection } from './connection.ts'
import { type ProClient, streamClient } from './stream-client.ts'
import type { VenueClient } from './venue-class.ts'

/**
 * What a stream says. It proves nothing: whoever hears it asks the venue. `whole`: from now on nothing is missed, and what
 * happened before is to be compared. `lost`: something may be missed until it is whole again.
 */
export type StreamNews =
  | { readonly kind: 'whole' }
  | { readonly kind: 'lost'; readonly reason: string }
  | {
      readonly kind: 'order'
      readonly symbol: string
      readonly venueOrderId: string
      /** Empty where nobody gave one. */
      readonly clientOrderId: string
    }
  | { readonly kind: 'balance' }

/** An account that is listened to. */
export interface AccountStream {
  isWhole(): boolean
  close(): Promise<void>
}

const lookEveryMs = 250
/** A connection that has stood for so long has told the venue what it wants to hear. */
const settledMs = 1_000
const longestPauseMs = 30_000

/** Listens to the orders, fills and balances of an account over ccxt.pro, and connects again for as long as it is open. */
export async function openAccountStream(
  connection: Connection,
  client: VenueClient,
  tell: (news: StreamNews) => void,
): Promise<AccountStream> {
  const pro = await streamClient(connection, client)
  const closing = new AbortController()
  const { signal } = closing
  let isWhole = false
  let failed = 0

  function lose(reason: string): void {
    if (isWhole) tell({ kind: 'lost', reason })
    isWhole = false
  }

  async function listen<T>(next: () => Promise<T>, heed: (told: T) => void): Promise<void> {
    while (!signal.aborted)
      try {
        heed(await next())
        failed = 0
      } catch (error) {
        if (signal.aborted) return
        lose(withoutPaths(messageOf(error)))
        failed += 1
        await rest(Math.min(longestPauseMs, lookEveryMs * 2 ** Math.min(failed, 10)), signal)
      }
  }

  /** Whole is a stream whose every connection stands, and has for a while. */
  async function watchOver(): Promise<void> {
    let standsSince: number | undefined
    while (!signal.aborted) {
      if (!stands(pro)) standsSince = undefined
      else standsSince ??= performance.now()
      if (standsSince === undefined) lose('the connection is gone')
      else if (!isWhole && performance.now() - standsSince >= settledMs) {
        isWhole = true
        tell({ kind: 'whole' })
      }
      await rest(lookEveryMs, signal)
    }
  }

  const heedOrders = (orders: readonly CcxtOrder[]) => {
    for (const { symbol, id, clientOrderId } of orders)
      if (symbol) tell({ kind: 'order', symbol, venueOrderId: id ?? '', clientOrderId: clientOrderId ?? '' })
  }
  const loops = [
    listen(() => pro.watchOrders(), heedOrders),
    listen(
      () => pro.watchBalance(),
      () => tell({ kind: 'balance' }),
    ),
    watchOver(),
  ]
  return {
    isWhole: () => isWhole,
    async close() {
      isWhole = false
      closing.abort()
      await pro.close().catch(() => {})
      await Promise.all(loops)
    },
  }
}

function stands({ clients }: ProClient): boolean {
  // Beside its sockets a class keeps what was never connected, under names of its own or under an address.
  const sockets = Object.values(clients).filter(
    ({ url, startedConnecting }) => startedConnecting && /^wss?:/.test(url),
  )
  return sockets.length > 0 && sockets.every((socket) => socket.isConnected && socket.isOpen())
}

/** Messages of the transport name the whole address, and some venues have a key in it. */
function withoutPaths(message: string): string {
  return message.replace(/(wss?:\/\/[^\s/?]+)\S*/g, '$1')
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {})
}

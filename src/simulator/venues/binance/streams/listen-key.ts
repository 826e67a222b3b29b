import { createHmac } from 'node:crypto'
import { type Account, openingKey } from '../../../core/account.ts'
import type { Exchange } from '../../../core/exchange.ts'
import type { Endpoint, SignedCall } from '../call.ts'
import { Failure } from '../failure.ts'

const lifeMs = 3_600_000

/** The account's setting that says when its listen key was made and until when it lives, wall times. */
const setting = 'listenKey'

/** The key of a USD-M account's stream: one at a time, for an hour since it was last asked for. */
export const listenKeyEndpoints: Record<string, Endpoint> = {
  'POST /fapi/v1/listenKey': keyed((call) => {
    const now = call.exchange.clock.wallNow()
    const madeAt = lifeOf(call.account, now)?.madeAt ?? now
    keep(call, madeAt, now + lifeMs)
    return { listenKey: keyOf(call.account, madeAt) }
  }),
  'PUT /fapi/v1/listenKey': keyed((call) => {
    const now = call.exchange.clock.wallNow()
    const { madeAt } = aliveOrThrow(call, now)
    keep(call, madeAt, now + lifeMs)
    return { listenKey: keyOf(call.account, madeAt) }
  }),
  'DELETE /fapi/v1/listenKey': keyed((call) => {
    const { madeAt } = aliveOrThrow(call, call.exchange.clock.wallNow())
    keep(call, madeAt, 0)
    return {}
  }),
}

/** The account whose stream a listen key opens now. */
export function accountOfListenKey(exchange: Exchange, listenKey: string): Account | undefined {
  const now = exchange.clock.wallNow()
  for (const account of exchange.ledger.accounts.values()) {
    if (account.seed.venue !== 'binance' || !isAlive(account, listenKey, now)) continue
    return exchange.ledger.accounts.get(openingKey(account))?.isRevoked === true ? undefined : account
  }
  return undefined
}

/** Whether the account's listen key still is this one, and alive. */
export function isAlive(account: Account, listenKey: string, wallMs: number): boolean {
  const life = lifeOf(account, wallMs)
  return life !== undefined && keyOf(account, life.madeAt) === listenKey
}

function keyed(answer: (call: SignedCall) => unknown): Endpoint {
  return { access: 'keyed', market: 'futures', weight: 1, answer }
}

function keep({ exchange, account }: SignedCall, madeAt: number, until: number): void {
  exchange.set(account, setting, `${madeAt} ${until}`)
}

function lifeOf(account: Account, wallMs: number): { readonly madeAt: number } | undefined {
  const [madeAt = 0, until = 0] = account.settings.get(setting)?.split(' ').map(Number) ?? []
  return until > wallMs ? { madeAt } : undefined
}

function aliveOrThrow({ account }: SignedCall, wallMs: number): { readonly madeAt: number } {
  const life = lifeOf(account, wallMs)
  if (life === undefined) throw new Failure(-1125, 'This listenKey does not exist.')
  return life
}

function keyOf({ seed }: Account, madeAt: number): string {
  return createHmac('sha256', seed.secret).update(`listen key ${seed.apiKey} ${madeAt}`).digest('hex')
}

import { createHash, createHmac } from 'node:crypto'
import ccxt from 'ccxt'
import { type ManualClock, manualClock } from '#src/simulator/clock.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '#src/simulator/simulator.ts'
import { minuteMs, tapeOf } from '../../support/market.ts'
import { aimed } from '../../support/stream-client.ts'

export const keys = {
  apiKey: 'kraken-key-for-tests',
  secret: Buffer.from('kraken-secret-for-tests').toString('base64'),
}

export interface KrakenBench {
  readonly simulator: Simulator
  readonly clock: ManualClock
  readonly client: InstanceType<typeof ccxt.pro.kraken>
  /** The account as the simulator's truth has it. */
  account(): ReturnType<Simulator['ledger']>['accounts'][number]
  stop(): Promise<void>
}

type Candle = readonly [number, number, number, number]

/** A simulator on a tape of the test's own, with one funded Kraken account and ccxt's class for it. */
export async function startKraken(
  candles: readonly Candle[] = [],
  options: Partial<SimulatorOptions> & {
    balances?: Record<string, string>
    settings?: Record<string, string>
    wallNow?: () => number
  } = {},
): Promise<KrakenBench> {
  const start = Date.UTC(2025, 0, 1) + 40 * minuteMs - 1000
  const clock = manualClock(start, options.wallNow)
  const errors: unknown[] = []
  const simulator = await startSimulator({
    clock,
    tape: tapeOf(candles),
    enforceLimits: false,
    onError: (error) => errors.push(error),
    ...options,
  })
  const balances = options.balances ?? { USDT: '10000', BTC: '1' }
  simulator.addAccount({ venue: 'kraken', ...keys, balances, settings: options.settings ?? {} })
  const client = await clientFor(simulator.url, keys)
  return {
    simulator,
    clock,
    client,
    account() {
      const [account] = simulator.ledger(keys.apiKey).accounts
      if (account === undefined) throw new Error('no account')
      return account
    },
    async stop() {
      await client.close()
      await simulator.stop()
      if (errors.length > 0) throw new AggregateError(errors, 'the simulator met errors')
    },
  }
}

let lastNonce = Date.now() * 1000

/** A number above all before it: callers of one key share them. */
function nextNonce(): number {
  lastNonce += 1
  return lastNonce
}

/** ccxt's class, in front of the simulator; its nonces go up however fast it asks. */
export async function clientFor(url: string, own: typeof keys) {
  const client = (await aimed(ccxt.pro.kraken, url, own)) as InstanceType<typeof ccxt.pro.kraken>
  client.nonce = nextNonce
  await client.loadMarkets()
  return client
}

/** A private call by hand, for what ccxt would not send. */
export async function ask(
  url: string,
  method: string,
  parameters: Record<string, string | number> = {},
  how: { own?: typeof keys; nonce?: string; sign?: string; verb?: string } = {},
): Promise<{ status: number; error: string[]; result: Record<string, unknown> }> {
  const path = `/0/private/${method}`
  const nonce = how.nonce ?? String(nextNonce())
  const { apiKey, secret } = how.own ?? keys
  const body = new URLSearchParams({
    nonce,
    ...Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, String(value)])),
  }).toString()
  const hash = createHash('sha256')
    .update(nonce + body)
    .digest()
  const sign =
    how.sign ?? createHmac('sha512', Buffer.from(secret, 'base64')).update(path).update(hash).digest('base64')
  const response = await fetch(url + path, {
    method: how.verb ?? 'POST',
    headers: {
      'api-key': apiKey,
      'api-sign': sign,
      'content-type': 'application/x-www-form-urlencoded',
    },
    ...(how.verb !== 'GET' && { body }),
  })
  const answer = (await response.json()) as { error: string[]; result?: Record<string, unknown> }
  return { status: response.status, error: answer.error, result: answer.result ?? {} }
}

/** The first error of an answer; undefined when there is none. */
export const errorIn = ({ error }: { error: string[] }) => error[0]

/** The class and the venue's text of what a ccxt call throws; 'nothing' when it throws nothing. */
export async function thrownBy(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'nothing'
  } catch (error) {
    const { name, message } = error as Error
    return `${name} ${/"error":\["([^"]+)"/.exec(message)?.[1] ?? message}`
  }
}

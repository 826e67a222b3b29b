import { createHmac } from 'node:crypto'
import ccxt from 'ccxt'
import { type ManualClock, manualClock } from '#src/simulator/clock.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '#src/simulator/simulator.ts'
import { minuteMs, tapeOf } from '../support/market.ts'
import { aimed } from '../support/stream-client.ts'

export const keys = { apiKey: 'bybit-key-for-tests', secret: 'bybit-secret-for-tests' }

/** An unmodified ccxt class of the venue, over HTTP and WebSockets. */
export type BybitClient = InstanceType<typeof ccxt.pro.bybit>

export interface BybitBench {
  readonly simulator: Simulator
  readonly clock: ManualClock
  readonly spot: BybitClient
  readonly linear: BybitClient
}

/**
 * A simulator on a tape that the test decides, its market clock at the end of the flat minutes at 50 000, with one unified
 * account of 10 000 USDT and 1 BTC, and a client for each of its markets.
 */
export async function startBybit(
  candles: Parameters<typeof tapeOf>[0] = [],
  options: Partial<SimulatorOptions> & {
    balances?: Record<string, string>
    settings?: Record<string, string>
    wallNow?: () => number
  } = {},
): Promise<BybitBench> {
  const { balances = { USDT: '10000', BTC: '1' }, settings, wallNow, ...rest } = options
  const clock = manualClock(Date.UTC(2025, 0, 1) + 40 * minuteMs - 1000, wallNow)
  const simulator = await startSimulator({ tape: tapeOf(candles), clock, venues: ['bybit'], ...rest })
  simulator.addAccount({ venue: 'bybit', ...keys, balances, ...(settings && { settings }) })
  const [spot, linear] = await Promise.all([
    clientOf(simulator.url, 'spot'),
    clientOf(simulator.url, 'linear'),
  ])
  return { simulator, clock, spot, linear }
}

/** A client for one market. */
export async function clientOf(
  url: string,
  category: 'spot' | 'linear',
  signWith: { apiKey: string; secret: string } = keys,
): Promise<BybitClient> {
  const client = (await aimed(ccxt.pro.bybit, url, {
    ...signWith,
    options: {
      defaultType: category === 'spot' ? 'spot' : 'swap',
      fetchMarkets: { types: [category] },
    },
  })) as BybitClient
  await client.loadMarkets()
  return client
}

/** What the venue answers to a request by hand. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: {
    readonly retCode: number
    readonly retMsg: string
    readonly result: Record<string, unknown> & { readonly list: Record<string, unknown>[] }
  }
}

/** A signed request by hand, for what ccxt would not send. Parameters of a POST go into a JSON body. */
export async function send(
  url: string,
  method: 'GET' | 'POST',
  path: string,
  parameters: Record<string, unknown> = {},
  how: { timestamp?: number; window?: number; signature?: string; keys?: typeof keys } = {},
): Promise<Answer> {
  const { apiKey, secret } = how.keys ?? keys
  const timestamp = how.timestamp ?? Date.now()
  const window = how.window ?? 5_000
  const query = new URLSearchParams(
    Object.entries(parameters).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    ),
  ).toString()
  const payload = method === 'POST' ? JSON.stringify(parameters) : query
  const text = `${timestamp}${apiKey}${window}${payload}`
  const signature = how.signature ?? createHmac('sha256', secret).update(text).digest('hex')
  const response = await fetch(url + path + (method === 'GET' && query !== '' ? `?${query}` : ''), {
    method,
    headers: {
      'content-type': 'application/json',
      'x-bapi-api-key': apiKey,
      'x-bapi-timestamp': String(timestamp),
      'x-bapi-recv-window': String(window),
      'x-bapi-sign': signature,
    },
    ...(method === 'POST' && { body: payload }),
  })
  const body = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: body.startsWith('{') ? JSON.parse(body) : { retCode: 0, retMsg: body, result: {} },
  }
}

/** An order body, as the venue's documents write it. */
export function orderBody(category: 'spot' | 'linear', more: Record<string, unknown>) {
  return {
    category,
    symbol: 'BTCUSDT',
    side: 'Buy',
    orderType: 'Limit',
    qty: '0.01',
    price: '49000',
    ...more,
  }
}

/** The error a call ends with: its ccxt class and the venue's own code, or 'nothing'. */
export async function errorOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'nothing'
  } catch (error) {
    const { name, message } = error as Error
    const code = /"retCode":(-?\d+)/.exec(message)?.[1]
    return `${name} ${code ?? message}`
  }
}

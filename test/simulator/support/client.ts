import { createHmac } from 'node:crypto'
import ccxt, { type binance } from 'ccxt'

type Dispatch = (options: object, handler: object) => boolean

interface Undici {
  Agent: new (options: object) => { compose(step: (dispatch: Dispatch) => Dispatch): object }
}

/** A real ccxt class whose every request goes to the simulator instead of the venue; its urls stay the venue's. */
export async function clientOf(
  url: string,
  keys: { apiKey: string; secret: string },
  market: 'spot' | 'futures',
): Promise<binance> {
  const exchange = new ccxt.binance({
    ...keys,
    enableRateLimit: false,
    options: {
      defaultType: market === 'spot' ? 'spot' : 'swap',
      fetchCurrencies: false,
      fetchMargins: false,
      fetchMarkets: { types: [market === 'spot' ? 'spot' : 'linear'] },
      fetchOpenOrders: { warnWithoutSymbol: false },
      warnOnFetchOpenOrdersWithoutSymbol: false,
    },
  })
  await (exchange as unknown as { loadFetchImplementation(): Promise<void> }).loadFetchImplementation()
  const { undiciModule } = exchange as unknown as { undiciModule: Undici }
  const agent = new undiciModule.Agent({ keepAliveTimeout: 4000, connections: 16 })
  const routed = agent.compose((dispatch) => (options, handler) => {
    const { headers, origin } = options as { headers?: object; origin: string }
    return dispatch(
      { ...options, origin: url, headers: { ...headers, 'x-sim-origin': String(origin) } },
      handler,
    )
  })
  ;(exchange as unknown as { fetchDispatcher: object }).fetchDispatcher = routed
  return exchange
}

/** A signed request by hand, for what ccxt would not send. Parameters go into the query, or into the body. */
export async function send(
  url: string,
  keys: { apiKey: string; secret: string },
  method: string,
  path: string,
  parameters: Record<string, string | number>,
  how: { inBody?: boolean; timestamp?: number; signature?: string } = {},
): Promise<{ status: number; headers: Headers; answer: Record<string, unknown> }> {
  const all = { ...parameters, timestamp: how.timestamp ?? Date.now() }
  const text = new URLSearchParams(
    Object.entries(all).map(([name, value]) => [name, String(value)]),
  ).toString()
  const signature = how.signature ?? createHmac('sha256', keys.secret).update(text).digest('hex')
  const signed = `${text}&signature=${signature}`
  const response = await fetch(how.inBody ? url + path : `${url}${path}?${signed}`, {
    method,
    headers: {
      'x-mbx-apikey': keys.apiKey,
      ...(how.inBody ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
    },
    body: how.inBody ? signed : undefined,
  })
  return {
    status: response.status,
    headers: response.headers,
    answer: (await response.json()) as Record<string, unknown>,
  }
}

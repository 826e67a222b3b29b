import { Agent } from 'node:http'
import { connect } from 'node:net'

/** What any ccxt.pro class has that is set here. */
interface Aimable {
  urls: object
  httpAgent: unknown
  loadFetchImplementation(): Promise<unknown>
}

interface Undici {
  Agent: new (options: object) => { compose(step: (dispatch: Dispatch) => Dispatch): object }
}
type Dispatch = (options: object, handler: object) => boolean

/**
 * A real ccxt.pro class whose every request and every WebSocket goes to the simulator; its addresses keep the venue's
 * hosts, from which it tells its markets apart, and lose only their TLS.
 */
export async function aimed<Client extends Aimable>(
  Class: new (options: object) => Client,
  url: string,
  options: object,
): Promise<Client> {
  const { hostname, port } = new URL(url)
  const exchange = new Class({ enableRateLimit: false, ...options })
  await exchange.loadFetchImplementation()
  const { undiciModule } = exchange as unknown as { undiciModule: Undici }
  const routed = new undiciModule.Agent({ keepAliveTimeout: 4_000, connections: 16 }).compose(
    (dispatch) => (request, handler) => dispatch({ ...request, origin: url }, handler),
  )
  Object.assign(exchange, { fetchDispatcher: routed })
  const agent = new Agent()
  agent.createConnection = () => connect(Number(port), hostname)
  exchange.httpAgent = agent
  for (const place of Object.values(exchange.urls) as { ws?: unknown }[]) {
    if (place?.ws !== undefined) place.ws = withoutTls(place.ws)
  }
  return exchange
}

function withoutTls(addresses: unknown): unknown {
  if (typeof addresses === 'string') return addresses.replace(/^wss:/, 'ws:')
  return Object.fromEntries(
    Object.entries(addresses as object).map(([name, value]) => [name, withoutTls(value)]),
  )
}

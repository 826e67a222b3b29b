import { Agent } from 'node:http'
import { connect } from 'node:net'
import type { Exchange } from 'ccxt'
import type { Connection } from './connection.ts'
import type { VenueClient } from './venue-class.ts'

/** A class of ccxt.pro as it is used here. */
export type ProClient = VenueClient & { clients: Readonly<Record<string, ProSocket>>; httpAgent: unknown }

/** A WebSocket of a ccxt.pro class. */
interface ProSocket {
  readonly url: string
  /** Some are there for what is remembered under their name, and nobody has ever connected them. */
  readonly startedConnecting: boolean
  readonly isConnected: boolean
  isOpen(): boolean
}

/**
 * An unmodified ccxt.pro class for one account. It shares the loaded symbols, and what it asks over HTTP goes by the
 * account's own connection: its route, its budgets and its turns to sign. The WebSockets of a paper account go to the
 * simulator whatever host they name.
 */
export async function streamClient(connection: Connection, client: VenueClient): Promise<ProClient> {
  const { default: ccxt } = await import('ccxt')
  const { card, market, mode, simulator } = connection
  const Class = ccxt.pro[card.ccxtId] as unknown as new (options: object) => ProClient
  const { apiKey, secret, password } = client
  const pro = new Class({ apiKey, secret, password, enableRateLimit: false, options: market.options })
  if (mode === 'testnet' && market.testnet === 'sandbox') pro.setSandboxMode(true)
  if (mode === 'testnet' && market.testnet === 'demo') pro.enableDemoTrading(true)
  const { markets, markets_by_id, symbols, ids, currencies, currencies_by_id, codes } = client
  Object.assign(pro, { markets, markets_by_id, symbols, ids, currencies, currencies_by_id, codes })
  const request = (...asked: Parameters<Exchange['request']>) =>
    connection.call(client, { asked: 'its stream', kind: 'setting' }, (venue) => venue.request(...asked))
  // What the class does every now and then, such as keeping its key alive, keeps no process alive.
  const delay = (ms: number, method: (...rest: unknown[]) => unknown, ...rest: unknown[]) =>
    void setTimeout(() => pro.spawn(method, ...rest), ms).unref()
  Object.assign(pro, { request, delay })
  if (mode === 'paper') aimAt(pro, simulator)
  return pro
}

/** Lets every WebSocket of a class end at the simulator, without TLS. */
function aimAt(pro: ProClient, simulator: string | undefined): void {
  if (simulator === undefined) throw new Error('a paper account listens to a simulator, and there is none')
  const { hostname, port } = new URL(simulator)
  const agent = new Agent()
  agent.createConnection = () => connect(Number(port), hostname)
  pro.httpAgent = agent
  for (const place of Object.values(pro.urls as Record<string, { ws?: unknown } | undefined>))
    if (typeof place === 'object' && place.ws !== undefined) place.ws = withoutTls(place.ws)
}

function withoutTls(addresses: unknown): unknown {
  if (typeof addresses === 'string') return addresses.replace(/^wss:/, 'ws:')
  return Object.fromEntries(
    Object.entries(addresses as object).map(([name, value]) => [name, withoutTls(value)]),
  )
}

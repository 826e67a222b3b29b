import { isIP } from 'node:net'
import { Agent, type Dispatcher } from 'undici'

/** One HTTP request as the transport saw it. */
export interface Attempt {
  /**
   * How far it came: `unasked` failed before the transport, `connecting` found no connection, `refused` by the guard,
   * `left`: a byte of it may have left, and from then on the venue may know of it.
   */
  reached: 'unasked' | 'connecting' | 'refused' | 'left'
  /** Asked right before the first byte: a text refuses the write. */
  readonly guard?: () => string | undefined
}

/** The guard refused to write a request: not a byte of it has left. */
class NotWritten extends Error {
  override readonly name = 'NotWritten'
}

/** Where requests of an account may go. */
export interface Route {
  /** The simulator's origin, where that is where it ends. */
  readonly simulator: string | undefined
  /** How the requests of one call travel; `attempt` learns what became of them. */
  dispatcherFor(attempt: Attempt): Dispatcher
  close(): Promise<void>
}

/**
 * The route of paper accounts: whatever address a request names, it goes to the simulator and nowhere else. The class
 * keeps the venue's own addresses, which it needs to read errors. Throws unless the simulator is on this machine.
 */
export function simulatorRoute(simulatorUrl: string): Route {
  const origin = loopbackOrigin(simulatorUrl)
  return routeThrough(origin, (options) => ({
    ...options,
    origin,
    headers: {
      ...(options.headers as Record<string, string> | undefined),
      'x-sim-origin': String(options.origin),
    },
  }))
}

/** The route of live and testnet accounts: as the request says. */
export function directRoute(): Route {
  return routeThrough(undefined, (options) => options)
}

/** The origin of an address on this machine. Throws on any other: a paper account's request must not leave. */
export function loopbackOrigin(address: string): string {
  const { hostname, origin, protocol } = new URL(address)
  const host = hostname.replace(/^\[|\]$/g, '')
  const isLoopback = host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
  if (!isLoopback || protocol !== 'http:')
    throw new Error(`a paper account may only reach a simulator on this machine, not ${origin}`)
  return origin
}

function routeThrough(
  simulator: string | undefined,
  aim: (options: Dispatcher.DispatchOptions) => Dispatcher.DispatchOptions,
): Route {
  // An agent of its own: proxies of the environment apply to the process's global dispatcher alone.
  const agent = new Agent({
    connections: 256,
    pipelining: 1,
    keepAliveTimeout: 30_000,
    connectTimeout: 3_000,
  })
  return {
    simulator,
    dispatcherFor: (attempt) =>
      agent.compose((dispatch) => (options, handler) => {
        if (attempt.reached === 'unasked') attempt.reached = 'connecting'
        return dispatch(aim(options), watched(handler, attempt))
      }),
    close: () => agent.close(),
  }
}

/** Passes every event on; at the first byte it asks the guard, and notes that the request may have left. */
function watched(handler: Dispatcher.DispatchHandler, attempt: Attempt): Dispatcher.DispatchHandler {
  return {
    onRequestStart(controller, context) {
      const refusal = attempt.guard?.()
      if (refusal !== undefined) {
        if (attempt.reached !== 'left') attempt.reached = 'refused'
        throw new NotWritten(refusal)
      }
      attempt.reached = 'left'
      handler.onRequestStart?.(controller, context)
    },
    onRequestUpgrade: (...event) => handler.onRequestUpgrade?.(...event),
    onResponseStart: (...event) => handler.onResponseStart?.(...event),
    onResponseData: (...event) => handler.onResponseData?.(...event),
    onResponseEnd: (...event) => handler.onResponseEnd?.(...event),
    onResponseError: (...event) => handler.onResponseError?.(...event),
  }
}

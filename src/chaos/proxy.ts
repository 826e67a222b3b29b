import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Random } from './random.ts'
import type { Loss } from './schedule.ts'

/** A TCP proxy on loopback in front of one server, which does to its connections what it is told. */
export interface Wire {
  readonly port: number
  /** Holds every byte back by `delayMs`, in both directions, for `forMs`. */
  slow(delayMs: number, forMs: number): void
  /** Resets every connection there is. */
  reset(): void
  /** Swallows everything for `forMs`; what was connected by then is reset, for it has lost bytes. */
  swallow(forMs: number): void
  /** Loses half of the orders that come by within `forMs`, in this way. */
  lose(loss: Loss, forMs: number): void
  /** Leads new connections to another port of this machine, and resets those there are. */
  point(target: number): void
  /** Ends every fault. */
  calm(): void
  stop(): Promise<void>
}

/** An order or its cancellation, at any of the venues. */
const orderLine =
  /^(POST|DELETE) \/((api|fapi)\/v\d\/(algoOrder|order)|v5\/order\/(create|cancel)|0\/private\/(Add|Cancel)Order)[ ?]/

/** What is done now; each ends by itself at its time. */
interface Weather {
  delayMs: number
  slowUntil: number
  swallowUntil: number
  loss: Loss
  loseUntil: number
}

/** Starts a proxy to a port of this machine; it says by `count` what it does to orders. */
export async function startWire(
  target: number,
  next: Random,
  count: (what: Loss) => void = () => {},
): Promise<Wire> {
  const weather: Weather = {
    delayMs: 0,
    slowUntil: 0,
    swallowUntil: 0,
    loss: 'lose-answers',
    loseUntil: 0,
  }
  let leadsTo = target
  const pairs = new Set<() => void>()
  const server = createServer((client) => {
    const upstream = connect(leadsTo, '127.0.0.1')
    const reset = () => {
      client.resetAndDestroy()
      upstream.resetAndDestroy()
    }
    pairs.add(reset)
    join(client, upstream, weather, { next, count, reset })
    client.on('close', () => pairs.delete(reset))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const resetAll = () => {
    for (const reset of pairs) reset()
  }
  let swallowing: NodeJS.Timeout | undefined
  return {
    port: portOf(server),
    slow(delayMs, forMs) {
      weather.delayMs = delayMs
      weather.slowUntil = performance.now() + forMs
    },
    reset: resetAll,
    swallow(forMs) {
      weather.swallowUntil = performance.now() + forMs
      clearTimeout(swallowing)
      swallowing = setTimeout(resetAll, forMs)
    },
    lose(loss, forMs) {
      weather.loss = loss
      weather.loseUntil = performance.now() + forMs
    },
    point(port) {
      leadsTo = port
      resetAll()
    },
    calm() {
      if (weather.swallowUntil > performance.now()) resetAll()
      clearTimeout(swallowing)
      Object.assign(weather, { slowUntil: 0, swallowUntil: 0, loseUntil: 0 })
    },
    async stop() {
      clearTimeout(swallowing)
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      resetAll()
      await closed
    },
  }
}

/** Passes bytes both ways through the weather. Bytes that left their sender arrive though it has died since. */
function join(
  client: Socket,
  upstream: Socket,
  weather: Weather,
  { next, count, reset }: { next: Random; count: (what: Loss) => void; reset: () => void },
): void {
  let lost: Loss | undefined
  const there = lane(upstream, weather)
  const back = lane(client, weather)
  const isSwallowed = () => weather.swallowUntil > performance.now()
  client.setNoDelay(true).on('error', () => {})
  upstream.setNoDelay(true).on('error', () => {})
  client.on('data', (bytes) => {
    if (isSwallowed()) return
    if (weather.loseUntil > performance.now() && orderLine.test(bytes.toString('latin1', 0, 40))) {
      lost = next() < 0.5 ? weather.loss : undefined
      if (lost !== undefined) count(lost)
    }
    if (lost === 'lose-requests') reset()
    else there.send(bytes)
  })
  upstream.on('data', (bytes) => {
    if (isSwallowed()) return
    if (lost === 'lose-answers') reset()
    else if (lost === 'cut-answers') {
      back.send(bytes.subarray(0, Math.floor(bytes.length * 0.7)))
      back.end()
    } else back.send(bytes)
  })
  client.on('close', () => there.end())
  upstream.on('close', () => back.end())
}

/** One direction of a connection: what is held back stays in order, and the end comes after it. */
function lane(to: Socket, weather: Weather): { send(bytes: Buffer): void; end(): void } {
  const held: { readonly at: number; readonly act: () => void }[] = []
  const pump = () => {
    for (let head = held[0]; head !== undefined; head = held[0]) {
      const left = head.at - performance.now()
      if (left > 0) return void setTimeout(pump, left)
      held.shift()
      head.act()
    }
  }
  const after = (act: () => void) => {
    const now = performance.now()
    const delayMs = weather.slowUntil > now ? weather.delayMs : 0
    const at = Math.max(held.at(-1)?.at ?? 0, now + delayMs)
    if (held.length === 0 && delayMs === 0) return act()
    held.push({ at, act })
    if (held.length === 1) setTimeout(pump, at - now)
  }
  return {
    send: (bytes) => after(() => to.writable && to.write(bytes)),
    end: () => after(() => to.end()),
  }
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

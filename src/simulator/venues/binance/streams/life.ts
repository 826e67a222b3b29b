import type { StreamSocket } from '../../venue.ts'

/** A connection is only valid for a day. */
const dayMs = 86_400_000

/** How often a connection is pinged, and after how long without a pong it is ended. */
export const heartbeats = {
  spot: { everyMs: 20_000, patienceMs: 60_000 },
  futures: { everyMs: 180_000, patienceMs: 600_000 },
} as const

/** Ends a connection after a day, or when its client has stopped to answer pings; both in wall time. */
export function limitLife(
  socket: StreamSocket,
  { everyMs, patienceMs }: { readonly everyMs: number; readonly patienceMs: number },
): void {
  let silentMs = 0
  let ageMs = 0
  const timer = setInterval(() => {
    silentMs += everyMs
    ageMs += everyMs
    if (silentMs > patienceMs || ageMs >= dayMs) socket.close(silentMs > patienceMs ? 1008 : 1000)
    else socket.ping()
  }, everyMs)
  timer.unref()
  socket.onPong(() => {
    silentMs = 0
  })
  socket.onClose(() => clearInterval(timer))
}

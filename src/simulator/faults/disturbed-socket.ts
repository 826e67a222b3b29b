import type { StreamSocket } from '../venues/venue.ts'
import type { Faults, Struck } from './faults.ts'

/** A connection whose frames the fault rules disturb; those that say nothing of what they are about go through. */
export function disturbedSocket(
  socket: StreamSocket,
  {
    faults,
    venue,
    path,
    wallNow,
  }: {
    readonly faults: Faults
    readonly venue: string
    readonly path: string
    readonly wallNow: () => number
  },
): StreamSocket {
  let silentUntil = 0
  let isOver = false
  const held: { readonly text: string; readonly struck: Struck }[] = []
  const timers = new Set<NodeJS.Timeout>()

  const later = (ms: number, act: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      act()
    }, ms)
    timers.add(timer)
  }
  const came = ({ strike }: Struck) => {
    strike.outcome = 'executed'
    strike.executedAt = wallNow()
  }
  const release = () => {
    for (const { text, struck } of held.splice(0)) {
      socket.send(text)
      came(struck)
    }
  }

  const strike = (struck: Struck, text: string): void => {
    const { rule, afterMs } = struck
    struck.strike.outcome = 'not-executed'
    switch (rule.fault) {
      case 'stream-repeated':
        socket.send(text)
        came(struck)
        later(afterMs, () => socket.send(text))
        return
      case 'stream-reordered':
        held.push({ text, struck })
        later(afterMs, release)
        return
      case 'stream-stopped':
        silentUntil = wallNow() + afterMs
        return
      case 'stream-cut':
        isOver = true
        socket.cut()
    }
  }

  socket.onClose(() => {
    for (const timer of timers) clearTimeout(timer)
    timers.clear()
  })
  return {
    ...socket,
    send(text, about) {
      if (about === undefined) {
        socket.send(text)
        return
      }
      if (isOver || wallNow() < silentUntil) return
      const { apiKey, market, symbol, clientOrderId } = about
      const subject = { kind: 'stream' as const, venue, market, symbol, clientOrderId }
      const struck = faults.isEmpty
        ? undefined
        : faults.draw({ method: 'WS', path }, subject, apiKey, wallNow())
      if (struck !== undefined) {
        strike(struck, text)
        return
      }
      socket.send(text)
      release()
    },
  }
}

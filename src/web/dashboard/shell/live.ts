import { useEffect, useState } from 'react'
import type { Overview } from '../../api/overview.ts'
import { queries } from './api.ts'

const topics = ['overview', 'positions', 'trades', 'decisions', 'signals'] as const

/** Without a tick for this long the page says that it is not live. */
const lateMs = 8_000

export type LiveState = 'connecting' | 'live' | 'late'

/** Keeps the page up to date from the server's stream, and says whether it succeeds. */
export function useLive(): LiveState {
  const [state, setState] = useState<LiveState>('connecting')
  useEffect(() => {
    const stream = new EventSource('/api/v1/events')
    let lateTimer = setTimeout(() => setState('late'), lateMs)
    stream.addEventListener('tick', () => {
      setState('live')
      clearTimeout(lateTimer)
      lateTimer = setTimeout(() => setState('late'), lateMs)
    })
    for (const topic of topics) stream.addEventListener(topic, (event) => take(topic, JSON.parse(event.data)))
    // A refused stream does not come back by itself; asking who is signed in leaves for the sign-in page when nobody is.
    stream.addEventListener('error', () => {
      setState('late')
      if (stream.readyState === EventSource.CLOSED) void queries.refetchQueries({ queryKey: ['me'] })
    })
    return () => {
      clearTimeout(lateTimer)
      stream.close()
    }
  }, [])
  return state
}

/** The first page of a list comes with the stream; longer ones of the same rows are asked for again when they are shown. */
function take(topic: (typeof topics)[number], answer: unknown): void {
  queries.setQueryData([topic], answer)
  void queries.invalidateQueries({
    predicate: ({ queryKey }) => queryKey[0] === topic && queryKey[1] === 'list',
  })
}

/** Market time now, which runs on between updates; renders its caller every second. */
export function useMarketNow(market: Overview['market'] | undefined, receivedAtMs: number): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  if (!market?.now) return now
  return Date.parse(market.now) + Math.max(0, now - receivedAtMs) * market.speed
}

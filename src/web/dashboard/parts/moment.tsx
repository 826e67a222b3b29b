import { createContext, useContext } from 'react'
import { ago, clock, day, fullTime, span } from './format.ts'

/** Market time now, in milliseconds. */
export const MarketNow = createContext(0)

/** How long ago something happened in market time; the full time is shown on hover. */
export function Ago({ at, className = '' }: { at: string; className?: string }) {
  const now = useContext(MarketNow)
  const atMs = Date.parse(at)
  return (
    <time dateTime={at} title={fullTime(atMs)} className={`whitespace-nowrap ${className}`}>
      {ago(now - atMs)}
    </time>
  )
}

/** How old something is in market time. */
export function Age({ since }: { since: string }) {
  const now = useContext(MarketNow)
  const atMs = Date.parse(since)
  return (
    <time dateTime={since} title={fullTime(atMs)} className="whitespace-nowrap">
      {span(now - atMs)}
    </time>
  )
}

/** A moment as local date and time; UTC is shown on hover. */
export function When({ at, className = '' }: { at: string; className?: string }) {
  const atMs = Date.parse(at)
  return (
    <time dateTime={at} title={fullTime(atMs)} className={`whitespace-nowrap ${className}`}>
      {`${day(atMs)}, ${clock(atMs)}`}
    </time>
  )
}

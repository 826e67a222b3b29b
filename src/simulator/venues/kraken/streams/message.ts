import type { FrameSubject } from '../../venue.ts'

/** What a channel has to tell: rows of one kind, and whose they are. */
export interface News {
  readonly rows: readonly object[]
  readonly about: FrameSubject
}

/** One subscription of a connection to a channel. */
export interface Subscription {
  readonly channel: string
  /** What is told at once, message by message. */
  snapshot(): readonly News[]
  /** What has changed since it was last asked for. */
  next(): readonly News[]
  stop(): void
}

/** A moment as this protocol writes it. */
export function stamp(ms: number): string {
  return new Date(ms).toISOString()
}

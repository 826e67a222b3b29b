import { sql } from 'kysely'
import type { Db } from './client.ts'

/** How far a clock is ahead of the database's, in ms, and how well that is known: half the time the question took. */
export interface ClockSkew {
  readonly aheadMs: number
  readonly uncertainMs: number
}

/** Compares a clock (epoch ms) with the database's. */
export async function clockSkew(db: Db, wallNow: () => number): Promise<ClockSkew> {
  const asked = { wall: wallNow(), monotonic: performance.now() }
  const { rows } = await sql<{ ms: number }>`
    select extract(epoch from clock_timestamp())::float8 * 1000 as ms`.execute(db)
  const tookMs = performance.now() - asked.monotonic
  return { aheadMs: asked.wall + tookMs / 2 - (rows[0]?.ms ?? Number.NaN), uncertainMs: tookMs / 2 }
}

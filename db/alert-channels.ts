import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { AlertChannel } from '#src/domain/alerts/severity.ts'
import type { Db } from './client.ts'

/** What is known of the address that a user has on a channel. */
export interface ChannelState {
  readonly userId: string
  readonly channel: AlertChannel
  /** When a message last arrived there; null when none has, or the address is another now. */
  readonly provenAt: Date | null
  /** Why the address takes nothing any more; null when it does, as far as is known. */
  readonly refusal: string | null
}

/** The states of the given addresses; those of which nothing is known are missing. */
export async function channelStates(
  db: Db,
  addresses: readonly { readonly userId: string; readonly channel: AlertChannel; readonly address: string }[],
): Promise<ChannelState[]> {
  if (addresses.length === 0) return []
  const rows = await db
    .selectFrom('alert_channels')
    .selectAll()
    .where('user_id', 'in', [...new Set(addresses.map(({ userId }) => userId))])
    .execute()
  return rows
    .filter((row) =>
      addresses.some(
        (one) =>
          one.userId === row.user_id &&
          one.channel === row.channel &&
          digestOf(one.address).equals(row.address_digest),
      ),
    )
    .map((row) => ({
      userId: row.user_id,
      channel: row.channel as AlertChannel,
      provenAt: row.proven_at,
      refusal: row.refusal,
    }))
}

/** Notes that a message arrived at an address, or, with a `refusal`, that it takes none. */
export async function noteChannel(
  db: Db,
  {
    userId,
    channel,
    address,
  }: { readonly userId: string; readonly channel: AlertChannel; readonly address: string },
  refusal: string | null,
): Promise<void> {
  const known = {
    address_digest: digestOf(address),
    proven_at: refusal === null ? sql<Date>`now()` : null,
    refused_at: refusal === null ? null : sql<Date>`now()`,
    refusal: refusal?.slice(0, 500) ?? null,
  }
  await db
    .insertInto('alert_channels')
    .values({ user_id: userId, channel, ...known })
    .onConflict((conflict) => conflict.columns(['user_id', 'channel']).doUpdateSet(known))
    .execute()
}

function digestOf(address: string): Buffer {
  return createHash('sha256').update(address).digest()
}

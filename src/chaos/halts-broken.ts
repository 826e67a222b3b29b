import type { Journal } from './journal.ts'

/**
 * Entries that were claimed while a halt on them was in force: after setting it had returned, and before its lifting was
 * begun; one line each. All of it by the database's clock.
 */
export async function haltsBroken({ query }: Journal): Promise<string[]> {
  const rows = await query<{ id: string; scope: string; key: string; seconds: string }>(
    `select o.id, h.scope, h.key, extract(epoch from e.at - h.set_at)::numeric(9, 3)::text as seconds
     from chaos.halts h
     join order_events e on e.to_state = 'submitting' and e.at > h.set_at and e.at < coalesce(h.lifting_at, 'infinity')
     join orders o on o.id = e.order_id and o.purpose = 'entry'
     join chaos.accounts a on a.account_id = o.account_id and a.handler = 'bullpen'
     where case h.scope
       when 'global' then true
       when 'exchange' then o.exchange = h.key
       when 'user' then o.user_id::text = h.key
       when 'account' then o.account_id::text = h.key
       when 'symbol' then split_part(o.symbol, ':', 1) = h.key end`,
  )
  return rows.map(
    ({ id, scope, key, seconds }) =>
      `entry ${id} was claimed ${seconds} s after the halt on ${scope} ${key} had returned`,
  )
}

import { type Kysely, sql } from 'kysely'

/**
 * An entry may carry its stop to a venue that attaches one: `stop_price` of an entry is that stop's. What the venue made of
 * it is a stop in the journal like every other, under an id that the venue never heard; it is found by its entry.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table orders add column attached_to text,
      add constraint stops_are_attached_to_entries foreign key (account_id, attached_to)
        references orders (account_id, client_order_id),
      add constraint only_stops_are_attached check (attached_to is null or purpose = 'stop'),
      add constraint only_entries_carry_stops check (stop_price is null or type = 'stop_market' or purpose = 'entry')`.execute(
    db,
  )
  await sql`create unique index orders_attached on orders (account_id, attached_to) where attached_to is not null`.execute(
    db,
  )
  await sql`comment on column orders.attached_to is
    'client order id of the entry that carried this stop to the venue; its quantity is what that entry has filled'`.execute(
    db,
  )
}

/** A constraint of the journal, and what it alone prevents when the code above it errs. */
interface Constraint {
  readonly name: string
  readonly prevents: string
  /** The SQL that takes it away; a test does so, and sees what follows. */
  readonly drop: string
}

/** What the database refuses by itself. Each of them is dropped in a test, which then finds the harm. */
export const constraints = {
  slots: {
    name: 'order_slots_live',
    prevents: 'two live effects for one slot: a close sent twice',
    drop: 'drop index order_slots_live',
  },
  positions: {
    name: 'positions_living',
    prevents: 'two living positions on one symbol of an account',
    drop: 'drop index positions_living',
  },
  signals: {
    name: 'unique (account, signal)',
    prevents: 'entering twice on one signal',
    drop: 'alter table positions drop constraint positions_account_id_signal_id_key',
  },
  oversold: {
    name: 'nothing_oversold',
    prevents: 'exits that together sell more than is open',
    drop: 'alter table positions drop constraint nothing_oversold',
  },
  clientIds: {
    name: 'unique (account, client_order_id)',
    prevents: 'one id that names two orders',
    // Stops that an entry carried refer to it by this id.
    drop: 'alter table orders drop constraint orders_account_id_client_order_id_key cascade',
  },
  venueIds: {
    name: 'orders_venue_id',
    prevents: 'one order of the venue behind two of ours',
    drop: 'drop index orders_venue_id',
  },
  fills: {
    name: 'fills primary key',
    prevents: 'one execution booked twice',
    drop: 'alter table fills drop constraint fills_pkey',
  },
  ledger: {
    name: 'ledger_per_fill',
    prevents: 'one execution that moves money twice',
    drop: 'drop index ledger_per_fill',
  },
  trades: {
    name: 'unique (position) on trades',
    prevents: 'a position that closes twice',
    drop: 'alter table trades drop constraint trades_position_id_key',
  },
  transitions: {
    name: 'guard_order: transitions',
    prevents: 'sending what was abandoned',
    drop: 'drop trigger guard_order on orders',
  },
  purpose: {
    name: 'guard_order: what an order is for',
    prevents: 'an order whose quantity, side or id changes after it was planned',
    drop: 'drop trigger guard_order on orders',
  },
  filled: {
    name: 'guard_order: filled',
    prevents: 'a fill that is taken back',
    drop: 'drop trigger guard_order on orders',
  },
  durable: {
    name: 'sent_before_anything_else',
    prevents: 'an order at the venue of which no sending is on record',
    drop: 'alter table orders drop constraint sent_before_anything_else',
  },
  exits: {
    name: 'only_entries_expire',
    prevents: 'an exit that lapses before it was sent',
    drop: 'alter table orders drop constraint only_entries_expire',
  },
  absent: {
    name: 'not_at_venue_is_empty',
    prevents: 'calling absent what has filled',
    drop: 'alter table orders drop constraint not_at_venue_is_empty',
  },
  evidence: {
    name: 'guard_absence',
    prevents: 'calling absent what was not looked for twice',
    drop: 'drop trigger guard_absence on orders',
  },
  closed: {
    name: 'closed_is_empty',
    prevents: 'a closed position that holds something',
    drop: 'alter table positions drop constraint closed_is_empty',
  },
} as const satisfies Readonly<Record<string, Constraint>>

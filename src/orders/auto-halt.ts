import { raiseAlert } from '#db/alerts.ts'
import { recordAudit } from '#db/audit.ts'
import { type HaltPlace, setHaltUnlessSet } from '#db/halts.ts'
import { dayResult, plannedLately, refusedLately, unknownLately } from '#db/order-rates.ts'
import type { Order } from '#db/orders.ts'
import { Decimal } from '../domain/decimal.ts'
import type { OrderState } from '../domain/order.ts'
import { type AutoHaltRules, autoHaltRules } from './auto-halt-rules.ts'
import type { OrderDesk } from './order-desk.ts'

type HaltDesk = Pick<OrderDesk, 'db' | 'log' | 'clock'>

/** An order that somebody has just looked at, and what came of it. */
export interface Looked {
  readonly order: Pick<Order, 'id' | 'userId' | 'accountId' | 'exchange'>
  readonly state: OrderState | undefined
  /** Whether its position's books were closed by it. */
  readonly hasClosed: boolean
}

const dayMs = 86_400_000

/**
 * Stops entries of the account, or of the exchange, when a rule is broken by what an order came to; exits go on. A halt
 * that is in force stays as it is, nothing here lifts one, and what happened before a person lifted it does not count
 * again. Returns the reason of the halt that it has set.
 */
export async function haltByRules(
  desk: HaltDesk,
  { order, state, hasClosed }: Looked,
  rules: AutoHaltRules = autoHaltRules,
): Promise<string | undefined> {
  const { accountId } = order
  const broken =
    state === 'unknown'
      ? await unknowns(desk, order, rules)
      : state === 'rejected'
        ? await rejects(desk, accountId, rules)
        : hasClosed
          ? await loss(desk, accountId, rules)
          : undefined
  const found = broken ?? (await tooManyOrders(desk, accountId, rules))
  return found && (await set(desk, found, order))
}

/**
 * Stops entries of an account whose books and venue differ by something that nobody can explain; reconciliation calls it.
 * `mismatch` says what differs, in words. False when a halt is in force already.
 */
export async function haltOnMismatch(
  desk: HaltDesk,
  account: { readonly id: string; readonly userId: string },
  mismatch: string,
): Promise<boolean> {
  const place: HaltPlace = { scope: 'account', key: account.id }
  const broken: Broken = {
    rule: 'reconcile-mismatch',
    place,
    reason: `the books and the venue differ: ${mismatch}`,
  }
  return (await set(desk, broken, { userId: account.userId })) !== undefined
}

interface Broken {
  readonly rule: 'order-rate' | 'daily-loss' | 'reject-rate' | 'unknown-rate' | 'reconcile-mismatch'
  readonly place: HaltPlace
  readonly reason: string
}

async function tooManyOrders(
  { db }: HaltDesk,
  accountId: string,
  rules: AutoHaltRules,
): Promise<Broken | undefined> {
  const { orders, withinMs } = rules.orderRate
  const planned = await plannedLately(db, accountId, withinMs)
  if (planned <= orders) return undefined
  const reason = `${planned} orders within ${seconds(withinMs)}, more than ${orders}`
  return { rule: 'order-rate', place: { scope: 'account', key: accountId }, reason }
}

async function rejects(
  { db }: HaltDesk,
  accountId: string,
  rules: AutoHaltRules,
): Promise<Broken | undefined> {
  const { orders, ratio, withinMs } = rules.rejectRate
  const { sent, rejected } = await refusedLately(db, accountId, withinMs)
  if (rejected < orders || rejected < sent * ratio) return undefined
  const reason = `the venue refused ${rejected} of ${sent} orders within ${seconds(withinMs)}`
  return { rule: 'reject-rate', place: { scope: 'account', key: accountId }, reason }
}

async function unknowns(
  { db }: HaltDesk,
  { exchange }: Looked['order'],
  rules: AutoHaltRules,
): Promise<Broken | undefined> {
  const { orders, accounts, ratio, withinMs } = rules.unknownRate
  const found = await unknownLately(db, exchange, withinMs)
  if (found.unknown < orders || found.accounts < accounts || found.unknown < found.sent * ratio)
    return undefined
  const reason = `the outcome of ${found.unknown} of ${found.sent} orders of ${found.accounts} accounts was unknown within ${seconds(withinMs)}`
  return { rule: 'unknown-rate', place: { scope: 'exchange', key: exchange }, reason }
}

async function loss(
  { db, clock }: HaltDesk,
  accountId: string,
  rules: AutoHaltRules,
): Promise<Broken | undefined> {
  const dayBegan = new Date(Math.floor(clock.marketNow() / dayMs) * dayMs)
  const { pnl, equity } = await dayResult(db, accountId, dayBegan)
  if (equity === null || new Decimal(equity).lte(0)) return undefined
  const lost = new Decimal(pnl).neg().div(equity)
  if (lost.lt(rules.dailyLoss.ratio)) return undefined
  const reason = `today's trades have lost ${percent(lost)} of what the account was worth, and ${percent(rules.dailyLoss.ratio)} is the limit`
  return { rule: 'daily-loss', place: { scope: 'account', key: accountId }, reason }
}

/** Sets the halt with its audit row, once. */
async function set(
  { db, log }: HaltDesk,
  { rule, place, reason }: Broken,
  { userId }: { readonly userId: string },
): Promise<string | undefined> {
  const isSet = await db.transaction().execute(async (tx) => {
    const said = `stopped by itself (${rule}): ${reason}`
    if (!(await setHaltUnlessSet(tx, { ...place, reason: said, setBy: 'bullpen' }))) return false
    await recordAudit(tx, {
      // What stops an exchange concerns everybody.
      ...(place.scope === 'account' && { userId }),
      actor: 'bullpen',
      action: 'halt.auto',
      target: `${place.scope} ${place.key}`,
      details: { rule, mode: 'no_entries', reason },
    })
    await raiseAlert(tx, {
      kind: 'auto-halt',
      severity: 'warning',
      userId: place.scope === 'account' ? userId : null,
      ...(place.scope === 'account' && { accountId: place.key }),
      subject: rule,
      title: place.scope === 'account' ? 'Entries are stopped' : `Entries on ${place.key} are stopped`,
      text: `Bullpen takes no new entries there: ${reason}. Exits, stops and the monitor go on.`,
      advice: 'Find out why, then lift the halt on the dashboard; Bullpen never does so itself.',
      facts: { rule, scope: place.scope },
    })
    return true
  })
  if (!isSet) return undefined
  log.error({ event: 'auto-halt', rule, ...place }, `entries are stopped: ${reason}`)
  return reason
}

const seconds = (ms: number) => `${ms / 1_000} s`
const percent = (ratio: Decimal.Value) => `${new Decimal(ratio).times(100).toFixed(1)} %`

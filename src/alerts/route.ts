import { alertsToRoute, saveRoute } from '#db/alert-deliveries.ts'
import { type Reach, routeAlert } from '../domain/alerts/route.ts'
import { isWished, mayUse, quietUntil, testKind } from '../domain/alerts/wishes.ts'
import { type Contact, readContacts } from './contacts.ts'
import type { AlertDesk } from './desk.ts'

const most = 200

/**
 * Looks at the alerts that are due and writes down the messages they ask for. Needs no queue and no mailbox; two at once do
 * no harm, for a message is one by alert, person, channel and step. Returns how many alerts were looked at.
 */
export async function routeAlerts(desk: AlertDesk, nowMs: number): Promise<number> {
  const now = new Date(nowMs)
  const alerts = await alertsToRoute(desk.db, now, most)
  if (alerts.length === 0) return 0
  const owners = alerts.map(({ userId }) => userId).filter((id) => id !== null)
  const contacts = await readContacts(desk, [...new Set(owners)])
  for (const alert of alerts) {
    const reachOf =
      (role: Reach['role']) =>
      ({ userId, channel, wishes }: Contact): Reach => ({
        userId,
        channel,
        role,
        isWished: wishes ? isWished(alert, channel, wishes) : alert.severity !== 'trade',
        quietUntilMs: wishes ? quietUntil(nowMs, wishes) : null,
      })
    // A test is how an address that refused is tried once more.
    const usable = ({ channel, refusal }: Contact) =>
      mayUse(alert.kind, channel) && (refusal === null || alert.kind === testKind(channel))
    const own = alert.userId === null ? contacts.operators : contacts.of(alert.userId)
    const others =
      alert.userId === null ? [] : contacts.operators.filter(({ userId }) => userId !== alert.userId)
    const reaches = [
      ...own.filter(usable).map(reachOf('owner')),
      ...others.filter(usable).map(reachOf('operator')),
    ]
    const raised = { ...alert, raisedAtMs: alert.raisedAt.getTime() }
    const { send, nextAtMs } = routeAlert(raised, reaches, alert.made, nowMs)
    const nextAt = nextAtMs === null ? null : new Date(nextAtMs)
    await desk.db.transaction().execute((tx) => saveRoute(tx, alert.id, { send, nextAt, now }))
  }
  return alerts.length
}

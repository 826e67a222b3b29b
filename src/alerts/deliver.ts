import { noteChannel } from '#db/alert-channels.ts'
import {
  type Delivery,
  endDelivery,
  putOff,
  type ToldAlert,
  takeDelivery,
  toldAlert,
} from '#db/alert-deliveries.ts'
import { raiseAlert } from '#db/alerts.ts'
import { retryAfterMs } from '../domain/alerts/retry.ts'
import { messageOf } from '../errors.ts'
import { done, type Outcome, skipped } from '../queue/job.ts'
import { redactText } from '../redact.ts'
import { type Contact, readContacts } from './contacts.ts'
import { type AlertDesk, TooMany, Undeliverable } from './desk.ts'
import { composeMail } from './mails/compose.ts'
import { messageText } from './telegram/message.ts'

/** Whoever tries to send is given up after this, longer than any server is waited for. */
const leaseMs = 120_000
/** From so many failures in a row on, the operator hears that a channel is down. */
const failuresToTell = 4

/**
 * Tries to send a message that is due. What went out is never sent again, but for a process that dies in the moment between:
 * the mail that comes twice then has one id. What fails is put off, and tried for a day; what the other side refuses for good
 * ends, and its user reads so on the dashboard.
 */
export async function deliver(desk: AlertDesk, deliveryId: string, nowMs: number): Promise<Outcome> {
  const now = new Date(nowMs)
  const delivery = await takeDelivery(desk.db, deliveryId, { now, leaseMs })
  if (!delivery) return skipped('it is not due, or somebody else sends it')
  const alert = await toldAlert(desk.db, delivery.alertId)
  if (alert.isAcknowledged && alert.severity === 'critical') {
    const reason = 'it was acknowledged before it could be sent'
    await endDelivery(desk.db, delivery.id, { state: 'given_up', at: now, reason })
    return skipped(reason)
  }
  const contact = await contactOf(desk, delivery)
  if (!contact) {
    const reason = 'there is no address any more'
    await endDelivery(desk.db, delivery.id, { state: 'given_up', at: now, reason })
    return skipped(reason)
  }
  try {
    await send(desk, delivery, alert, contact)
  } catch (error) {
    return error instanceof Undeliverable
      ? refuse(desk, delivery, { contact, error, now })
      : tryLater(desk, delivery, { error, now })
  }
  await desk.db.transaction().execute(async (tx) => {
    await endDelivery(tx, delivery.id, { state: 'sent', at: now })
    if (contact.userId !== null) await noteChannel(tx, { ...contact, userId: contact.userId }, null)
  })
  return done
}

async function contactOf(desk: AlertDesk, { userId, channel }: Delivery): Promise<Contact | undefined> {
  const contacts = await readContacts(desk, userId === null ? [] : [userId])
  const own = userId === null ? contacts.operators : contacts.of(userId)
  return own.find((contact) => contact.userId === userId && contact.channel === channel)
}

async function send(desk: AlertDesk, delivery: Delivery, alert: ToldAlert, contact: Contact): Promise<void> {
  if (contact.channel === 'email') await desk.mailer?.send(await composeMail(desk, delivery, alert, contact))
  else
    await desk.messenger?.send(
      contact.address,
      messageText(alert, { ...delivery, publicUrl: desk.publicUrl }),
    )
}

async function refuse(
  desk: AlertDesk,
  delivery: Delivery,
  { contact, error, now }: { contact: Contact; error: Undeliverable; now: Date },
): Promise<Outcome> {
  const { channel, userId } = contact
  const reason = redactText(error.message)
  desk.log.warn({ event: 'alert-refused', deliveryId: delivery.id, channel, reason }, 'an alert was refused')
  await desk.db.transaction().execute(async (tx) => {
    await endDelivery(tx, delivery.id, { state: 'refused', at: now, reason })
    if (!error.isAddress || userId === null) return
    await noteChannel(tx, { ...contact, userId }, reason)
    await raiseAlert(tx, {
      kind: 'channel-refused',
      severity: 'warning',
      userId,
      subject: channel,
      title: channel === 'email' ? 'Your mailbox refuses alerts' : 'Your Telegram chat refuses alerts',
      text: `A message could not be delivered and nothing more is sent there: ${reason}.`,
      advice: 'Mend the address, then send a test on the page Alerts. Alerts stay on the dashboard.',
    })
  })
  return skipped(`refused: ${reason}`)
}

async function tryLater(
  desk: AlertDesk,
  delivery: Delivery,
  { error, now }: { error: unknown; now: Date },
): Promise<Outcome> {
  const { channel, attempts } = delivery
  const reason = redactText(messageOf(error))
  const ageMs = now.getTime() - delivery.createdAtMs
  const waitMs = retryAfterMs(attempts, ageMs, error instanceof TooMany ? error.waitMs : 0)
  desk.log.warn(
    { event: 'alert-delayed', deliveryId: delivery.id, channel, attempts, reason },
    'an alert waits',
  )
  if (waitMs === undefined) await endDelivery(desk.db, delivery.id, { state: 'given_up', at: now, reason })
  else await putOff(desk.db, delivery.id, { at: new Date(now.getTime() + waitMs), reason })
  if (attempts >= failuresToTell && !(error instanceof TooMany))
    await raiseAlert(desk.db, {
      kind: channel === 'email' ? 'mail-down' : 'telegram-down',
      severity: 'warning',
      userId: null,
      title: channel === 'email' ? 'Mails cannot be sent' : 'Telegram messages cannot be sent',
      text: `Alerts wait and are tried again for a day: ${reason}.`,
      advice:
        channel === 'email'
          ? 'Look at SMTP_URL and the mail server.'
          : 'Look at TELEGRAM_BOT_TOKEN and the network.',
    })
  return skipped(waitMs === undefined ? `given up: ${reason}` : `again in ${waitMs / 1_000} s: ${reason}`)
}

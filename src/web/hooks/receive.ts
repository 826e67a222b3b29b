import { createHash } from 'node:crypto'
import { asTenant, type Db } from '#db/client.ts'
import { countRequest, forgetRequests } from '#db/rate-limits.ts'
import { forgetDeliveries, type StoredDelivery, storeDelivery, storeRefusal } from '#db/webhook-deliveries.ts'
import { type Webhook, webhookOfToken } from '#db/webhooks.ts'
import { readAlert } from '../../domain/webhook/alert.ts'
import { staleness } from '../../domain/webhook/freshness.ts'
import { redactText } from '../../redact.ts'
import type { KeyRing } from '../../vault/key-ring.ts'
import { Problem } from '../problem.ts'
import { forgery, type SignedHeaders } from './signature.ts'

/** What may come to one webhook in a minute, and how many wrong tokens from one address. */
const perWebhook = { most: 30, windowSeconds: 60 }
const perStranger = { most: 20, windowSeconds: 60 }

/** A delivery as it comes in; `nowMs` is the wall clock. */
export interface Delivery {
  readonly token: string
  readonly body: string
  readonly headers: SignedHeaders
  readonly caller: string
  readonly nowMs: number
}

/** What the sender is told: the delivery waits for a worker, or what became of it when it came before. */
export interface Receipt {
  readonly delivery: string
  readonly state: StoredDelivery['state']
  readonly reason: string | null
  readonly isRepeated: boolean
}

/**
 * Checks a delivery and stores it with what it wishes for, once. Throws a Problem that says why it is not taken; where the
 * token is right, its owner reads the same on the page.
 */
export async function receive(db: Db, keys: KeyRing, delivery: Delivery): Promise<Receipt> {
  const { token, body } = delivery
  const webhook = await webhookOfToken(db, sha256(token))
  if (!webhook) throw await strange(db, delivery.caller)
  const counted = await countRequest(db, `webhook ${webhook.id}`, perWebhook)
  if (counted.isTooMany) {
    // The first of a minute is told to the owner; the others would only push what matters off the page.
    if (counted.nth === perWebhook.most + 1)
      await keepRefusal(db, webhook, body, `more than ${perWebhook.most} deliveries in a minute`)
    throw tooMany(`More than ${perWebhook.most} deliveries in a minute.`, counted.retryAfterSeconds)
  }
  const refuse = async (status: number, code: string, reason: string, advice: string) => {
    await keepRefusal(db, webhook, body, reason)
    throw new Problem(status, code, reason, { advice })
  }

  if (webhook.isSigned) {
    const reason = forgery(delivery.headers, body, { keys, webhookId: webhook.id })
    if (reason)
      return refuse(
        401,
        'bad-signature',
        reason,
        'Sign as standardwebhooks.com says, with the secret of this webhook.',
      )
  }
  const read = readAlert(body, webhook.kind)
  if ('refusal' in read) return refuse(400, 'bad-alert', read.refusal, advices[webhook.kind])
  const { wish, timeMs, nonce } = read.alert
  const writtenMs = webhook.isSigned ? Number(delivery.headers.timestamp) * 1_000 : timeMs
  if (writtenMs === undefined) return refuse(400, 'no-time', 'time: is missing', advices[webhook.kind])
  const stale = staleness(writtenMs, delivery.nowMs)
  if (stale)
    return refuse(400, 'stale', stale, 'Send a delivery as soon as it is written, by a clock that is right.')

  const digest = sha256(body)
  const key = (webhook.isSigned ? delivery.headers.id : nonce) ?? digest.toString('hex')
  const { isNew, delivery: stored } = await asTenant(db, webhook.userId, async (tx) => {
    await forgetDeliveries(tx, webhook.id)
    return storeDelivery(tx, webhook, { body: shown(body), digest, key, wish })
  })
  if (!stored.isSameBody)
    return refuse(
      409,
      'id-taken',
      'another delivery came under this id',
      'Give each delivery an id of its own.',
    )
  return { delivery: stored.id, state: stored.state, reason: stored.reason, isRepeated: !isNew }
}

const advices = {
  tradingview:
    'Write JSON into the alert’s message, such as {"symbol": "{{ticker}}", "action": "buy", "time": "{{timenow}}"}.',
  generic:
    'Send JSON such as {"symbol": "BTC/USDT", "action": "buy", "confidence": 0.6, "time": "2026-01-31T12:00:00Z"}.',
} as const

/** A token that opens nothing; who tries many is told to wait. */
async function strange(db: Db, caller: string): Promise<Problem> {
  const counted = await countRequest(db, `stranger ${caller}`, perStranger)
  if (counted.nth === 1) await forgetRequests(db, 86_400)
  if (counted.isTooMany) return tooMany('Too many wrong addresses.', counted.retryAfterSeconds)
  return new Problem(404, 'no-such-webhook', 'There is no webhook at this address.', {
    advice:
      'Copy its address again: it is shown once, when the webhook is made, and ends when it is removed.',
  })
}

function tooMany(detail: string, seconds: number): Problem {
  return new Problem(429, 'too-many', detail, {
    advice: `Come back in ${seconds} s.`,
    retryAfterSeconds: seconds,
  })
}

async function keepRefusal(db: Db, webhook: Webhook, body: string, reason: string): Promise<void> {
  await asTenant(db, webhook.userId, async (tx) => {
    await forgetDeliveries(tx, webhook.id)
    await storeRefusal(tx, webhook, { body: shown(body), digest: sha256(body), reason })
  })
}

/** A body as its owner may read it again: what looks like a secret is hidden, and PostgreSQL takes every character. */
function shown(body: string): string {
  return redactText(body.replaceAll('\0', '').toWellFormed().slice(0, 2_000)).slice(0, 2_000)
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

import { randomInt, randomUUID } from 'node:crypto'
import { z } from 'zod'
import { channelStates } from '#db/alert-channels.ts'
import { saveWishes, wishesOf } from '#db/alert-settings.ts'
import { raiseAlert } from '#db/alerts.ts'
import { recordAudit } from '#db/audit.ts'
import type { Db } from '#db/client.ts'
import { storeTelegramCode, telegramLinksOf, unlinkTelegram } from '#db/telegram-links.ts'
import { type AlertChannel, alertChannels } from '../../domain/alerts/severity.ts'
import { alertWishes, testKind } from '../../domain/alerts/wishes.ts'
import { Problem } from '../problem.ts'
import type { SignedIn } from '../sign-in.ts'
import { instant } from './fields.ts'
import { route } from './route.ts'

const channel = z.object({
  channel: z.enum(alertChannels),
  /** Whether this installation can send there. */
  isOffered: z.boolean(),
  /** The mailbox, or what the chat calls itself; null when there is none. */
  address: z.string().nullable(),
  /** When a message last arrived there. */
  provenAt: instant.nullable(),
  /** Why it takes nothing any more. */
  refusal: z.string().nullable(),
})

const answer = z
  .object({
    channels: z.array(channel),
    wishes: alertWishes,
    /** Whether real money is traded and no message is known to arrive anywhere. */
    isLiveUnproven: z.boolean(),
  })
  .meta({ id: 'AlertChannels', description: 'Where alerts go besides the dashboard, and which.' })
export type AlertChannelsAnswer = z.infer<typeof answer>

/** Where the caller's alerts go. `offered` are the channels that the configuration opens. */
export function getAlertChannels(offered: readonly AlertChannel[]) {
  return route({
    method: 'get',
    path: '/alert-channels',
    summary: 'Where the caller’s alerts go, what is known of each channel, and which severities go there.',
    answer,
    handle: ({ db, user }) => stateOf(db, user, offered),
  })
}

/** Changes which alerts go where. */
export function putAlertChannels(offered: readonly AlertChannel[]) {
  return route({
    method: 'put',
    path: '/alert-channels',
    summary: 'Says which severities go where, when it is quiet, and which reports are wished for.',
    body: alertWishes,
    answer,
    async handle({ db, user, body }) {
      await saveWishes(db, user.id, body)
      return stateOf(db, user, offered)
    },
  })
}

/** Tries a channel with an alert that goes nowhere else. */
export function testAlertChannel(offered: readonly AlertChannel[]) {
  return route({
    method: 'post',
    path: '/alert-channels/test',
    status: 202,
    summary: 'Sends a test to one channel; once it has arrived, the channel is proven.',
    body: z.strictObject(
      { channel: z.enum(alertChannels, `must be one of ${alertChannels.join(', ')}`) },
      'must be an object with a channel',
    ),
    answer: z.object({ alertId: z.uuid() }),
    async handle({ db, user, body }) {
      const state = await stateOf(db, user, offered)
      const chosen = state.channels.find((one) => one.channel === body.channel)
      if (!chosen?.isOffered)
        throw new Problem(409, 'channel-not-offered', `This installation sends no ${nameOf(body.channel)}.`, {
          advice:
            body.channel === 'email'
              ? 'Its operator sets SMTP_URL; until then alerts stay on the dashboard.'
              : 'Its operator sets TELEGRAM_BOT_TOKEN.',
        })
      if (chosen.address === null)
        throw new Problem(409, 'channel-not-linked', 'No Telegram chat is linked.', {
          advice: 'Make a code and send it to the bot.',
        })
      const { id } = await raiseAlert(db, {
        kind: testKind(body.channel),
        severity: 'info',
        userId: user.id,
        subject: randomUUID(),
        title: `A test by ${nameOf(body.channel)}`,
        text: 'You asked for this test. As it has arrived, your alerts will arrive here too.',
      })
      return { alertId: id }
    },
  })
}

const codeLetters = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789'

/** Makes a code that links a Telegram chat. */
export function createTelegramCode(offered: readonly AlertChannel[]) {
  return route({
    method: 'post',
    path: '/telegram-link',
    isForPeople: true,
    isSecret: true,
    summary: 'Makes a code that links one Telegram chat within 10 minutes; sent to the bot as /start CODE.',
    answer: z.object({ code: z.string(), expiresAt: instant }),
    async handle({ db, user }) {
      if (!offered.includes('telegram'))
        throw new Problem(409, 'channel-not-offered', 'This installation has no Telegram bot.', {
          advice: 'Its operator sets TELEGRAM_BOT_TOKEN.',
        })
      const code = Array.from({ length: 10 }, () => codeLetters[randomInt(codeLetters.length)]).join('')
      const expiresAt = await storeTelegramCode(db, user.id, code)
      return { code, expiresAt: expiresAt.toISOString() }
    },
  })
}

/** Takes the caller's chat off. */
export const removeTelegramLink = route({
  method: 'delete',
  path: '/telegram-link',
  isForPeople: true,
  summary: 'Unlinks the caller’s Telegram chat: it is answered no more.',
  answer: z.object({ removed: z.boolean() }),
  async handle({ db, user }) {
    const removed = await unlinkTelegram(db, user.id)
    if (removed) await recordAudit(db, { userId: user.id, actor: user.email, action: 'telegram.unlink' })
    return { removed }
  },
})

async function stateOf(
  db: Db,
  user: SignedIn,
  offered: readonly AlertChannel[],
): Promise<AlertChannelsAnswer> {
  const [link] = await telegramLinksOf(db, [user.id])
  const addresses = [
    { userId: user.id, channel: 'email' as const, address: user.email, shown: user.email },
    ...(link
      ? [{ userId: user.id, channel: 'telegram' as const, address: String(link.chatId), shown: link.name }]
      : []),
  ]
  const states = await channelStates(db, addresses)
  const channels = alertChannels.map((one) => {
    const state = states.find((known) => known.channel === one)
    return {
      channel: one,
      isOffered: offered.includes(one),
      address: addresses.find((known) => known.channel === one)?.shown ?? null,
      provenAt: state?.provenAt?.toISOString() ?? null,
      refusal: state?.refusal ?? null,
    }
  })
  const live = await db
    .selectFrom('accounts')
    .select('id')
    .where('mode', '=', 'live')
    .where('status', '<>', 'closed')
    .limit(1)
    .executeTakeFirst()
  const isProven = channels.some(({ isOffered, provenAt }) => isOffered && provenAt !== null)
  const wishes = (await wishesOf(db, [user.id])).get(user.id) ?? alertWishes.parse({})
  return { channels, wishes, isLiveUnproven: live !== undefined && !isProven }
}

function nameOf(channel: AlertChannel): string {
  return channel === 'email' ? 'mail' : 'Telegram messages'
}

import { channelStates } from '#db/alert-channels.ts'
import { wishesOf } from '#db/alert-settings.ts'
import { telegramLinksOf } from '#db/telegram-links.ts'
import { allUsers } from '#db/users.ts'
import type { AlertChannel } from '../domain/alerts/severity.ts'
import type { AlertWishes } from '../domain/alerts/wishes.ts'
import type { AlertDesk } from './desk.ts'

/** Where somebody is reached on a channel. */
export interface Contact {
  /** Null for the operator's own chat. */
  readonly userId: string | null
  readonly channel: AlertChannel
  readonly address: string
  /** Undefined for the operator's own chat, which hears of everything but trades. */
  readonly wishes: AlertWishes | undefined
  readonly provenAt: Date | null
  readonly refusal: string | null
}

/** The ways to reach some users, and every administrator; an address that refuses is among them. */
export interface Contacts {
  of(userId: string): readonly Contact[]
  readonly operators: readonly Contact[]
}

/** Reads the contacts of users and administrators, on the channels that this installation has. */
export async function readContacts(
  desk: Pick<AlertDesk, 'db' | 'mailer' | 'messenger' | 'operatorChat'>,
  userIds: readonly string[],
): Promise<Contacts> {
  const { db, mailer, messenger, operatorChat } = desk
  const people = (await allUsers(db)).filter(({ id, role }) => userIds.includes(id) || role === 'admin')
  const ids = people.map(({ id }) => id)
  const wishes = await wishesOf(db, ids)
  const links = await telegramLinksOf(db, ids)
  const addresses = [
    ...(mailer
      ? people.map(({ id, email }) => ({ userId: id, channel: 'email' as const, address: email }))
      : []),
    ...(messenger
      ? links.map(({ userId, chatId }) => ({
          userId,
          channel: 'telegram' as const,
          address: String(chatId),
        }))
      : []),
  ]
  const states = await channelStates(db, addresses)
  const contacts = addresses.map((one): Contact => {
    const state = states.find(({ userId, channel }) => userId === one.userId && channel === one.channel)
    return {
      ...one,
      wishes: wishes.get(one.userId),
      provenAt: state?.provenAt ?? null,
      refusal: state?.refusal ?? null,
    }
  })
  const own: Contact[] =
    messenger && operatorChat
      ? [
          {
            userId: null,
            channel: 'telegram',
            address: operatorChat,
            wishes: undefined,
            provenAt: null,
            refusal: null,
          },
        ]
      : []
  const admins = new Set(people.filter(({ role }) => role === 'admin').map(({ id }) => id))
  return {
    of: (userId) => contacts.filter((contact) => contact.userId === userId),
    operators: [...contacts.filter(({ userId }) => userId !== null && admins.has(userId)), ...own],
  }
}

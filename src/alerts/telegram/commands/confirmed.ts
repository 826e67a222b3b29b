import { recordAudit } from '#db/audit.ts'
import { askToClose } from '#db/close-requests.ts'
import { orderCloseAll } from '#db/halt-orders.ts'
import type { TelegramQuestion } from '#db/telegram-questions.ts'
import type { Asked } from '../asked.ts'

/** Does what a chat has confirmed; a second time closes nothing twice. Returns what is said, as plain text. */
export async function carryOut(question: TelegramQuestion, { db, userId, by }: Asked): Promise<string> {
  if (question.action === 'close-all') {
    const place = { scope: 'user', key: userId } as const
    const ordered = await orderCloseAll(db, { ...place, reason: 'by Telegram', by, userId })
    return ordered
      ? 'Everything is being closed. /positions shows how far it is.'
      : 'There is no account yet.'
  }
  const position = await db
    .selectFrom('positions')
    .select(['state', 'symbol'])
    .where('id', '=', question.target)
    .executeTakeFirst()
  if (!position || position.state === 'closed' || position.state === 'void') return 'It is closed already.'
  const { isNew } = await askToClose(db, { userId, positionId: question.target, askedBy: by })
  await recordAudit(db, {
    userId,
    actor: by,
    action: isNew ? 'position.close' : 'position.close-again',
    target: `position ${question.target}`,
    details: { symbol: position.symbol, by: 'telegram' },
  })
  return `${position.symbol} is being closed.`
}

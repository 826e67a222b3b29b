import { type AccountRequest, endAccountRequest, takeAccountRequest } from '#db/account-requests.ts'
import { type Account, findAccount } from '#db/accounts.ts'
import { recordAudit } from '#db/audit.ts'
import type { Db } from '#db/client.ts'
import { letWait } from '#db/turn.ts'
import { UserError } from '../errors.ts'
import type { KeptKey } from '../vault/seal.ts'
import { sealedKey } from '../vault/sealed.ts'
import { type ConnectParts, connectSealed, openPaperAccount } from './connect.ts'
import { replaceSealedKey } from './replace-key.ts'

/** What became of a request. */
export type RequestEnd =
  | { readonly state: 'done'; readonly account: Account }
  | { readonly state: 'refused'; readonly reason: string }

/** A request that keeps failing for no reason of its own is refused after this. */
const patienceMs = 5 * 60_000

type Taken = NonNullable<Awaited<ReturnType<typeof takeAccountRequest>>>

/**
 * Does what a user asked of the web: connects an account, or puts another key in the place of one. What is in the way is
 * written down in words for the user. Undefined when the request has ended already, or another worker is at it.
 */
export async function answerRequest(
  parts: ConnectParts,
  requestId: string,
  wallNowMs: number,
): Promise<RequestEnd | undefined> {
  return parts.db.transaction().execute(async (tx) => {
    await letWait(tx)
    const request = await takeAccountRequest(tx, requestId)
    if (!request) return undefined
    const end = await tryRequest(parts, request, wallNowMs)
    await endAccountRequest(tx, requestId, end)
    if (end.state === 'done' && request.kind === 'connect') await auditConnected(tx, request)
    return end
  })
}

async function tryRequest(parts: ConnectParts, request: Taken, wallNowMs: number): Promise<RequestEnd> {
  try {
    return { state: 'done', account: await carryOut(parts, request) }
  } catch (error) {
    if (error instanceof UserError) return { state: 'refused', reason: error.message }
    if (wallNowMs - request.createdAt.getTime() < patienceMs) throw error
    return { state: 'refused', reason: 'something went wrong on our side again and again: try it once more' }
  }
}

async function carryOut(parts: ConnectParts, request: Taken): Promise<Account> {
  const { kind, accountId, askedBy } = request
  if (kind === 'replace-key') return replaceSealedKey({ ...parts, actor: askedBy }, accountId, keyOf(request))
  // A worker may have died after it had connected the account, and before it could say so.
  const made = await findAccount(parts.db, accountId)
  if (made) return made
  const wanted = { ...request, id: accountId, name: request.name ?? '' }
  if (request.mode !== 'paper') return connectSealed(parts, wanted, keyOf(request))
  return openPaperAccount(parts, wanted, { [request.quote]: request.balance ?? '0' })
}

function keyOf({ key }: Taken): KeptKey {
  if (!key) throw new UserError('this request has no key: send it again')
  return { fingerprints: key.fingerprints, sealed: sealedKey.parse(key.sealed) }
}

function auditConnected(tx: Db, request: AccountRequest & { readonly askedBy: string }): Promise<void> {
  const { userId, askedBy, accountId, name, exchange, market, mode, quote } = request
  return recordAudit(tx, {
    userId,
    actor: askedBy,
    action: 'account.connect',
    target: accountId,
    details: { name, exchange, market, mode, quote },
  })
}

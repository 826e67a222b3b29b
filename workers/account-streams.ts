import { leaseStreams, releaseStreams } from '#db/account-streams.ts'
import { openAccounts } from '#db/accounts.ts'
import { countWorkers } from '#db/workers.ts'
import { heedStream } from '#jobs/heed-stream.ts'
import type { AccountStream } from '#src/exchange/account-stream.ts'
import type { WorkerContext } from './context.ts'
import { startRounds } from './rounds.ts'

const everyMs = 5_000
const leaseMs = 20_000
/** A stream that is lost for so long is opened anew: its key may be another one. */
const lostForMs = 60_000

interface Heard {
  readonly opening: Promise<AccountStream>
  stream?: AccountStream
  wholeAt: number
}

/**
 * Listens to the streams of this worker's share of the accounts; the workers that take accounts' jobs divide them. Who
 * dies is followed by another within its lease. Whatever fails here, the venues are asked as ever.
 */
export function startAccountStreams(
  context: WorkerContext,
  queues: readonly string[],
): { stop(): Promise<void> } | undefined {
  if (!queues.includes('accounts')) return undefined
  const { db, gateway, workerId, log } = context
  const heard = new Map<string, Heard>()

  function open(accountId: string): void {
    const told = (error: unknown) => log.warn({ err: error, accountId }, 'a stream could not be heeded')
    const opening = gateway.listen(accountId, (news) => {
      if (news.kind === 'whole') entry.wholeAt = performance.now()
      void heedStream(context, accountId, news).catch(told)
    })
    const entry: Heard = { opening, wholeAt: performance.now() }
    heard.set(accountId, entry)
    opening
      .then((stream) => {
        entry.stream = stream
      })
      .catch((error: unknown) => {
        log.info({ accountId, reason: String(error) }, 'an account has no stream now')
      })
  }

  async function close(accountId: string): Promise<void> {
    const entry = heard.get(accountId)
    heard.delete(accountId)
    await entry?.opening.then((stream) => stream.close()).catch(() => {})
  }

  const rounds = startRounds(everyMs, async (isStopped) => {
    try {
      const workers = Math.max(1, await countWorkers(db, 'accounts'))
      const most = Math.ceil((await openAccounts(db)).length / workers)
      const mine = new Set(await leaseStreams(db, { workerId, leaseMs, most }))
      for (const accountId of [...heard.keys()]) {
        const entry = heard.get(accountId)
        if (entry?.stream?.isWhole()) entry.wholeAt = performance.now()
        const isLost = performance.now() - (entry?.wholeAt ?? 0) > lostForMs
        if (!mine.has(accountId) || isLost) await close(accountId)
      }
      for (const accountId of mine) if (!isStopped() && !heard.has(accountId)) open(accountId)
    } catch (error) {
      if (!isStopped()) log.warn({ err: error }, 'the streams of accounts could not be kept')
    }
  })
  return {
    async stop() {
      await rounds.stop()
      await Promise.all([...heard.keys()].map(close))
      await releaseStreams(db, workerId).catch(() => {})
    },
  }
}

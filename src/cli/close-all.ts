import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import type { Db } from '#db/client.ts'
import type { CloseBatch } from '#db/close-batches.ts'
import { UserError } from '../errors.ts'
import { keyOption, type NamedPlace, type PlaceOptions, placeNamed, scopeOption } from './place.ts'
import { withDatabase } from './with-database.ts'

const by = 'command line'

interface Options extends PlaceOptions {
  readonly yes?: boolean
  readonly reason?: string
  readonly wait: boolean
  readonly giveUp?: boolean
  readonly json?: boolean
}

/** `bullpen close-all`: closes what is open in a scope, and follows it until the venues report flat. */
export function closeAll(program: Command): void {
  program
    .command('close-all')
    .description(
      'close every open position at the market and take back what rests; pressing again closes nothing twice',
    )
    .addOption(scopeOption())
    .option(...keyOption)
    .option('--yes', 'really; without it, say what would be closed')
    .option('--reason <text>', 'why, for whoever finds it')
    .option('--no-wait', 'return when it is ordered; workers go on with it')
    .option('--give-up', 'end an open close-all unfinished, so that entries may start again')
    .option('--json', 'for machines: {batchId, scope, key, isNew, positions, closed, waitsFor, outcome}')
    .action((options: Options) => withDatabase('close-all', 'bullpen_worker', (db) => run(db, options)))
}

async function run(db: Db, options: Options): Promise<void> {
  const place = await placeNamed(db, options)
  if (options.giveUp) return giveUp(db, place)
  if (!options.yes) return preview(db, place)
  const { orderCloseAll } = await import('#db/halt-orders.ts')
  const { scope, key } = place
  const ordered = await db
    .transaction()
    .execute((tx) => orderCloseAll(tx, { scope, key, reason: options.reason ?? null, by }))
  if (!ordered) throw new UserError(`there is no ${place.name}`)
  const { batch, isNew } = ordered
  const say = options.json ? () => {} : (line: string) => console.log(line)
  say(
    `${place.name}: ${isNew ? 'closing' : 'being closed already, since'} ${isNew ? 'everything' : at(batch)}; no entry starts until it is over`,
  )
  const { hasLiveWorker } = await import('#db/workers.ts')
  if (!(await hasLiveWorker(db)))
    console.error('no worker is alive: it waits in the database until one is started (npm start)')
  const last = options.wait ? await follow(db, batch.id, say) : batch
  const { progressOf } = await import('#db/close-batches.ts')
  const { waitsFor, outcome } = last
  if (options.json)
    console.log(
      JSON.stringify({
        batchId: batch.id,
        scope,
        key,
        isNew,
        ...(await progressOf(db, last)),
        waitsFor,
        outcome,
      }),
    )
  if (outcome !== null) say(outcome)
}

/** Says each step once; returns the batch as it ended. */
async function follow(db: Db, batchId: string, say: (line: string) => void): Promise<CloseBatch> {
  const { batchOrThrow, progressOf } = await import('#db/close-batches.ts')
  let said = ''
  for (;;) {
    const batch = await batchOrThrow(db, batchId)
    const { positions, closed } = await progressOf(db, batch)
    const line = `${closed} of ${positions} closed${batch.waitsFor ? `: ${batch.waitsFor}` : ''}`
    if (batch.endedAt) return batch
    if (line !== said) say(line)
    said = line
    await sleep(500)
  }
}

async function preview(db: Db, place: NamedPlace): Promise<void> {
  const { livingPositions } = await import('#db/close-batches.ts')
  const alive = await livingPositions(db, place)
  for (const { accountId, symbol, state } of alive) console.log(`${symbol}  ${state}  account ${accountId}`)
  throw new UserError(
    `${place.name}: ${alive.length} positions would be closed; nothing was done without --yes`,
  )
}

async function giveUp(db: Db, { scope, key, name }: NamedPlace): Promise<void> {
  const { endBatch, latestBatch } = await import('#db/close-batches.ts')
  const { recordAudit } = await import('#db/audit.ts')
  const batch = await latestBatch(db, { scope, key })
  const hasEnded =
    batch !== undefined &&
    (await db.transaction().execute(async (tx) => {
      if (!(await endBatch(tx, batch.id, `given up; it waited for: ${batch.waitsFor ?? 'its first step'}`)))
        return false
      const details = { batchId: batch.id, waitsFor: batch.waitsFor }
      await recordAudit(tx, { actor: by, action: 'close-all.give-up', target: `${scope} ${key}`, details })
      return true
    }))
  if (!hasEnded) throw new UserError(`${name}: nothing is being closed`)
  console.log(`${name}: given up; entries may start again, and exits under way go on`)
}

const at = ({ openedAt }: CloseBatch) => `${openedAt.toISOString().slice(0, 19).replace('T', ' ')} UTC`

import { type Command, Option } from 'commander'
import type { HaltMode } from '#db/halts.ts'
import { UserError } from '../errors.ts'
import { keyOption, type PlaceOptions, placeNamed, scopeOption } from './place.ts'
import { withDatabase } from './with-database.ts'

/** `bullpen halt set|lift|list`: no new entries in a scope. Exits, stops and cancels always go on. */
export function halt(program: Command): void {
  const command = program.command('halt').description('stop new entries; exits go on')

  command
    .command('set')
    .description('no new entries from the moment this returns')
    .addOption(scopeOption())
    .option(...keyOption)
    .addOption(
      new Option('--mode <mode>', 'flatten also closes what is open')
        .choices(['no_entries', 'flatten'])
        .default('no_entries'),
    )
    .requiredOption('--reason <text>', 'why, for whoever finds it')
    .action((options: PlaceOptions & { mode: HaltMode; reason: string }) => change(options))

  command
    .command('lift')
    .description('allow entries again')
    .addOption(scopeOption())
    .option(...keyOption)
    .action((options: PlaceOptions) => change({ ...options, mode: 'none', reason: null }))

  command
    .command('list')
    .description('every halt in force')
    .option('--json', 'for machines')
    .action(async ({ json }: { json?: boolean }) => {
      const { haltsInForce } = await import('#db/halts.ts')
      const halts = await withDatabase('halt list', 'bullpen_worker', haltsInForce)
      if (json) return console.log(JSON.stringify(halts))
      for (const { scope, key, mode, reason } of halts)
        console.log(`${scope} ${key}  ${mode}  ${reason ?? ''}`)
      if (halts.length === 0) console.log('No halt is in force.')
    })
}

async function change(
  wish: PlaceOptions & { readonly mode: HaltMode; readonly reason: string | null },
): Promise<void> {
  const { orderHalt } = await import('#db/halt-orders.ts')
  await withDatabase('halt', 'bullpen_worker', async (db) => {
    const place = await placeNamed(db, wish)
    const { mode, reason } = wish
    const ordered = await db
      .transaction()
      .execute((tx) => orderHalt(tx, { ...place, mode, reason, by: 'command line' }))
    if (!ordered) throw new UserError(`there is no ${place.name}`)
    console.log(`${place.name}: ${wordsOf[mode]}`)
    if (ordered.closing)
      console.log(
        `${ordered.closing.batch.positionIds.length} positions; to follow it, press again: npx bullpen close-all --yes`,
      )
  })
}

const wordsOf: Readonly<Record<HaltMode, string>> = {
  none: 'entries are allowed again',
  no_entries: 'no new entries; open positions are still watched, and left by their own rules',
  flatten: 'no new entries, and what is open is being closed',
}

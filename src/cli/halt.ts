import { type Command, Option } from 'commander'
import type { HaltScope } from '#db/halts.ts'
import { UserError } from '../errors.ts'
import { withDatabase } from './with-database.ts'

const scopes = ['global', 'exchange', 'user', 'account', 'symbol'] as const
const everything = '*'

/** `bullpen halt set|lift|list`: no new entries in a scope. Exits, stops and cancels always go on. */
export function halt(program: Command): void {
  const command = program.command('halt').description('stop new entries; exits go on')
  const scopeOption = () => new Option('--scope <scope>', 'what it covers').choices(scopes).default('global')
  const keyOption = ['--key <key>', 'which exchange, user id, account id or symbol', everything] as const

  command
    .command('set')
    .description('no new entries from the moment this returns')
    .addOption(scopeOption())
    .option(...keyOption)
    .requiredOption('--reason <text>', 'why, for whoever finds it')
    .action(({ scope, key, reason }: { scope: HaltScope; key: string; reason: string }) =>
      change({ scope, key, mode: 'no_entries', reason }),
    )

  command
    .command('lift')
    .description('allow entries again')
    .addOption(scopeOption())
    .option(...keyOption)
    .action(({ scope, key }: { scope: HaltScope; key: string }) =>
      change({ scope, key, mode: 'none', reason: null }),
    )

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

async function change(halt: {
  scope: HaltScope
  key: string
  mode: 'none' | 'no_entries'
  reason: string | null
}): Promise<void> {
  if ((halt.scope === 'global') !== (halt.key === everything))
    throw new UserError(
      halt.scope === 'global' ? 'a global halt takes no --key' : `--scope ${halt.scope} needs --key`,
    )
  const { setHalt } = await import('#db/halts.ts')
  const { recordAudit } = await import('#db/audit.ts')
  await withDatabase('halt', 'bullpen_worker', async (db) => {
    const isKnown = await db.transaction().execute(async (tx) => {
      const isSet = await setHalt(tx, { ...halt, setBy: 'command line' })
      const action = halt.mode === 'none' ? 'halt.lift' : 'halt.set'
      if (isSet)
        await recordAudit(tx, {
          actor: 'command line',
          action,
          target: `${halt.scope} ${halt.key}`,
          details: { reason: halt.reason },
        })
      return isSet
    })
    if (!isKnown) throw new UserError(`there is no ${halt.scope} ${halt.key}`)
  })
  console.log(
    halt.mode === 'none'
      ? `${halt.scope} ${halt.key}: entries are allowed again`
      : `${halt.scope} ${halt.key}: no new entries; open positions are still watched, and left by their own rules`,
  )
}

import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { UserError } from '../errors.ts'
import { redactText } from '../redact.ts'
import { account } from './account.ts'
import { backtest } from './backtest.ts'
import { backup } from './backup.ts'
import { bench } from './bench.ts'
import { chaos } from './chaos.ts'
import { closeAll } from './close-all.ts'
import { doctor } from './doctor.ts'
import { evidence } from './evidence.ts'
import { halt } from './halt.ts'
import { migrate } from './migrate.ts'
import { ml } from './ml.ts'
import { prune } from './prune.ts'
import { restore } from './restore.ts'
import { retry } from './retry.ts'
import { simulator } from './simulator.ts'
import { soak } from './soak.ts'
import { start } from './start.ts'
import { titan } from './titan.ts'
import { user } from './user.ts'
import { web } from './web.ts'
import { worker } from './worker.ts'

/** Every command: one file, one import, one line. A command loads what it needs when it is run. */
const commands: readonly ((program: Command) => void)[] = [
  start,
  web,
  worker,
  simulator,
  titan,
  migrate,
  doctor,
  account,
  halt,
  closeAll,
  retry,
  prune,
  backup,
  restore,
  soak,
  user,
  backtest,
  evidence,
  ml,
  bench,
  chaos,
]

/** What the person can put right is one line; anything else is ours, and its stack goes with it. Secrets in neither. */
function fail(thrown: unknown): never {
  const text =
    thrown instanceof UserError ? thrown.message : thrown instanceof Error ? thrown.stack : String(thrown)
  process.stderr.write(`${redactText(text ?? '')}\n`)
  process.exit(1)
}

// A command that has processes of its own to end takes what nobody caught by itself.
process.on('uncaughtException', (thrown) => process.listenerCount('uncaughtException') > 1 || fail(thrown))
// Whoever reads the output may go away first (`bullpen doctor | head`, a supervisor that dies); the work goes on.
for (const output of [process.stdout, process.stderr]) output.on('error', () => {})

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
const program = new Command('bullpen')
  .description('Crypto trading for many users at once, as a cluster of BullMQ workers.')
  .version(version)
  .showHelpAfterError('`npx bullpen --help` lists the commands.')
for (const add of commands) add(program)
await program.parseAsync().catch(fail)

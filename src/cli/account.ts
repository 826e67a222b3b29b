import { text } from 'node:stream/consumers'
import { type Command, Option } from 'commander'
import { z } from 'zod'
import { Decimal } from '../domain/decimal.ts'
import { exchanges, type Market, type Mode, markets, modes } from '../domain/market.ts'
import { OrderRejected, UserError, VenueUnavailable } from '../errors.ts'
import { withDatabase } from './with-database.ts'

interface AddOptions {
  readonly user: string
  readonly name?: string
  readonly exchange: (typeof exchanges)[number]
  readonly market: Market
  readonly mode: Mode
  readonly quote: string
  readonly balance: string
}

/** `bullpen account add|check|rotate|list`: the connections of users to exchanges. */
export function account(program: Command): void {
  const command = program.command('account').description('connections of users to exchanges')

  command
    .command('add')
    .description(
      'connect an account; a key for testnet or live is read from standard input as {"apiKey","secret"}',
    )
    .requiredOption('--user <email>', 'whose it is')
    .option('--name <name>', 'what the dashboard calls it')
    .addOption(new Option('--exchange <exchange>').choices(exchanges).default('binance'))
    .addOption(new Option('--market <market>').choices(markets).default('spot'))
    .addOption(new Option('--mode <mode>').choices(modes).default('paper'))
    .option('--quote <currency>', 'the currency it trades against', 'USDT')
    .option('--balance <amount>', 'what a paper account begins with, in its quote currency', '10000')
    .action(add)

  command
    .command('list')
    .description('every account, of all users')
    .option('--json', 'for machines')
    .action(list)

  command
    .command('rotate <id>')
    .description('put another key, read from standard input like that of `add`, in the place of an account’s')
    .action(rotate)

  command
    .command('check <id>')
    .description('try an account at its venue: its key, its balances, its books')
    .action(check)
}

async function rotate(id: string): Promise<void> {
  requireId(id)
  const key = await keyFromInput()
  await withDatabase('account rotate', 'bullpen_worker', async (db, config) => {
    const { findAccount } = await import('#db/accounts.ts')
    const { findSimulator } = await import('#db/workers.ts')
    const { replaceKey } = await import('../accounts/replace-key.ts')
    const { ringOf } = await import('../vault/key-ring.ts')
    if (!(await findAccount(db, id)))
      throw new UserError(`there is no account ${id}: npx bullpen account list`)
    const parts = {
      db,
      keys: ringOf(config),
      simulatorUrl: () => findSimulator(db),
      binanceUseTestnet: config.binanceUseTestnet,
      actor: 'command line',
    }
    const { name, status, statusReason } = await replaceKey(parts, id, key)
    console.log(`${name} has its new key: ${status}${statusReason ? `: ${statusReason}` : ''}`)
  })
}

async function add(options: AddOptions): Promise<void> {
  if (!/^\d{1,12}(\.\d{1,8})?$/.test(options.balance))
    throw new UserError(`--balance ${options.balance} is not an amount such as 10000`)
  if (!/^[A-Z0-9]{2,10}$/.test(options.quote))
    throw new UserError(`--quote ${options.quote} is not a currency such as USDT`)
  const key = options.mode === 'paper' ? undefined : await keyFromInput()
  await withDatabase('account add', 'bullpen_worker', async (db, config) => {
    const { findSettings } = await import('#db/trading-settings.ts')
    const { findUserByEmail } = await import('#db/users.ts')
    const { findSimulator } = await import('#db/workers.ts')
    const { connectAccount, openPaperAccount } = await import('../accounts/connect.ts')
    const { ringOf } = await import('../vault/key-ring.ts')
    const user = await findUserByEmail(db, options.user)
    if (!user) throw new UserError(`nobody signs in as ${options.user}: npx bullpen user list`)
    const { exchange, market, mode, quote } = options
    const wanted = {
      userId: user.id,
      name: options.name ?? `${mode} ${exchange} ${market}`,
      exchange,
      market,
      quote,
    }
    const parts = {
      db,
      keys: ringOf(config),
      simulatorUrl: () => findSimulator(db),
      binanceUseTestnet: config.binanceUseTestnet,
    }
    const made = key
      ? await connectAccount(parts, { ...wanted, mode }, key)
      : await openPaperAccount(parts, wanted, { [quote]: options.balance })
    console.log(`${made.name} is connected: ${made.exchange} ${made.market}, ${made.mode}, ${made.id}`)
    const { preset } = (await findSettings(db, user.id, made.id)).account
    if (preset) console.log(`auto_config: its balance picked the preset ${preset}`)
  })
}

async function list({ json }: { json?: boolean }): Promise<void> {
  await withDatabase('account list', 'bullpen_worker', async (db) => {
    const { openAccounts } = await import('#db/accounts.ts')
    const accounts = await openAccounts(db)
    if (json) return console.log(JSON.stringify(accounts))
    for (const { id, name, exchange, market, mode, status, statusReason } of accounts)
      console.log(
        `${id}  ${exchange} ${market}  ${mode}  ${status}  ${name}${statusReason ? `: ${statusReason}` : ''}`,
      )
    if (accounts.length === 0) console.log('No account yet: npx bullpen account add --user you@example.com')
  })
}

async function check(id: string): Promise<void> {
  requireId(id)
  await withDatabase('account check', 'bullpen_worker', async (db, config) => {
    const { findAccount } = await import('#db/accounts.ts')
    const { findSimulator } = await import('#db/workers.ts')
    const { createGateway } = await import('../exchange/gateway.ts')
    const { compareBooks, differenceText } = await import('../orders/books.ts')
    const { ringOf } = await import('../vault/key-ring.ts')
    if (!(await findAccount(db, id)))
      throw new UserError(`there is no account ${id}: npx bullpen account list`)
    const gateway = createGateway({
      db,
      keys: ringOf(config),
      simulatorUrl: () => findSimulator(db),
      binanceUseTestnet: config.binanceUseTestnet,
    })
    try {
      const venue = await gateway.account(id)
      const { canTrade, canWithdraw } = await venue.keyPermissions()
      console.log(
        `key: ${canTrade ? 'may trade' : 'may NOT trade'}, ${canWithdraw ? 'MAY WITHDRAW' : 'may not withdraw'}`,
      )
      for (const { currency, free, total } of await venue.balances())
        console.log(`${currency}: ${total}, ${new Decimal(free).toString()} free`)
      const differences = await compareBooks(db, id, gateway)
      for (const difference of differences) console.log(`differs: ${differenceText(difference)}`)
      console.log(differences.length === 0 ? 'books: agree with the venue' : 'books: DIFFER from the venue')
      if (differences.length > 0 || !canTrade || canWithdraw) process.exitCode = 1
    } catch (error) {
      if (!(error instanceof VenueUnavailable || error instanceof OrderRejected)) throw error
      throw new UserError(`${error.message}; ${error.advice}`, { cause: error })
    } finally {
      await gateway.close()
    }
  })
}

function requireId(id: string): void {
  if (!z.uuid().safeParse(id).success)
    throw new UserError(`${id} is not the id of an account: npx bullpen account list`)
}

const key = z.strictObject({
  apiKey: z.string().min(1),
  secret: z.string().min(1),
  password: z.string().min(1).optional(),
})

async function keyFromInput(): Promise<z.infer<typeof key>> {
  try {
    return key.parse(JSON.parse(await text(process.stdin)))
  } catch {
    // Whatever was typed may be half a secret: it is not repeated.
    throw new UserError(
      'the key is read from standard input, a JSON object with "apiKey" and "secret", and this was something else',
    )
  }
}

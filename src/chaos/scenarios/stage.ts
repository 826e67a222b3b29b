import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Account } from '#db/accounts.ts'
import type { Enqueue } from '../../queue/enqueue.ts'
import { openAccount } from '../accounts.ts'
import { checkBullpen, type Verdict } from '../checker.ts'
import { type Member, recruit } from '../crew.ts'
import { type Field, openField } from '../field.ts'
import { type Load, openLoad } from '../load.ts'
import { random } from '../random.ts'
import { settled, stopsKnown } from '../settle.ts'
import { readTruth } from '../truth.ts'
import type { ScenarioOptions } from './scenario.ts'

/** Who is hired for a scenario. */
export interface Hire {
  readonly name: string
  readonly count: number
  /** What differs from the field's environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** The crash point that each start is armed with. */
  readonly arm?: () => string | undefined
}

/** A field with accounts that can pay for everything, on which one scenario is played. */
export interface Stage {
  readonly field: Field
  readonly accounts: readonly Account[]
  /** Worker processes over every queue that orders need; resolves when they are at work. */
  hire(hire: Hire): Promise<Member[]>
  /** Where the output of one of them is. */
  logOf(name: string, index: number): string
  /** Entries and exits on these coins, or ten, woken by `enqueue`. */
  load(enqueue: Enqueue, bases?: readonly string[]): Load
  /** Resolves when no order is under way, or when nothing has moved for long. */
  settled(): Promise<void>
  /** What Postgres and the simulator's ledger say when everything has settled; prices stand still and nobody works from then on. */
  check(): Promise<Verdict>
}

const cli = fileURLToPath(new URL('../../cli/main.ts', import.meta.url))
const orderQueues = 'orders-binance,exits-binance,accounts'
/** Workers that end what was under way when the others stopped. */
const lastWorkers = 2
const everyBase = ['BTC', 'ETH', 'BNB', 'SOL', 'XRP', 'ADA', 'DOGE', 'AVAX', 'LINK', 'LTC']
const markets = ['spot', 'futures'] as const
/** So many orders may wait at once; more would expire before their turn. */
const mostWaiting = 200

/** Opens a field and its accounts, half of them spot and half futures. */
export async function openStage(
  options: ScenarioOptions,
  closing: AsyncDisposableStack,
  { pairsOfAccounts }: { readonly pairsOfAccounts: number },
): Promise<Stage> {
  const { seed } = options
  const field = await openField(options, () => {}, closing)
  const { journal, db, keys, venueUrl } = field
  const parts = { db, keys, simulatorUrl: async () => venueUrl }
  const logOf = (name: string, index: number) => join(options.logs ?? field.folder, `${name}-${index}.log`)
  const accounts: Account[] = []
  for (let i = 0; i < pairsOfAccounts * markets.length; i++) {
    const market = markets[i % markets.length] as (typeof markets)[number]
    const wish = { handler: 'bullpen', exchange: 'binance', market, balances: { USDT: '1000000' } } as const
    accounts.push((await openAccount(parts, journal, venueUrl, wish)).account)
  }
  const hired: Member[] = []
  let latest: Hire | undefined
  const start = ({ name, count, env = {}, arm }: Hire, queues: string) =>
    Promise.all(
      Array.from({ length: count }, async (_, i) => {
        const member = await recruit({
          name,
          args: [cli, 'worker', '--queues', queues],
          env: given({ ...field.env, ...env }),
          log: logOf(name, i),
          onEnd: (_name, how) => options.say(`a worker of ${name} ended: ${how}`),
          ...(arm && { arm }),
        })
        hired.push(member)
        return closing.adopt(member, (each) => each.stop())
      }),
    )
  const stopAll = () => Promise.all(hired.splice(0).map((member) => member.stop()))
  return {
    field,
    accounts,
    logOf,
    hire(hire) {
      latest = hire
      return start(hire, `${orderQueues},monitor`)
    },
    load: (enqueue, bases = everyBase) =>
      openLoad({ ...field, enqueue, accounts, bases, next: random(seed, 11), mostWaiting }),
    settled: () => settled(field, 'orders', options),
    async check() {
      field.holdMarket()
      await stopsKnown(field, options)
      await settled(field, 'orders', options)
      await stopAll()
      // Whoever watches positions begins something new at any time: what they left is ended by workers that begin nothing.
      if (latest) await start({ name: 'last', count: lastWorkers, env: latest.env ?? {} }, orderQueues)
      await settled(field, 'orders', options)
      await stopAll()
      return checkBullpen(journal, await readTruth(venueUrl))
    },
  }
}

/** What a checker's verdict counts as harm. */
export function harmOf({ duplicates, lost, unresolved, oversold, booksDiffer }: Verdict) {
  return { duplicates, lost, unresolved, oversold, booksDiffer }
}

function given(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

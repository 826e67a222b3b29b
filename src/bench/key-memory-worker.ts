import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { connect } from '#db/client.ts'
import { messageOf } from '../errors.ts'
import { createGateway } from '../exchange/gateway.ts'
import { answer, settingsOf } from './child.ts'
import { benchRing, keyOf } from './key-memory-accounts.ts'

/** What a process uses after its garbage is collected. */
export interface UsedMemory {
  readonly rssMiB: number
  readonly heapMiB: number
}

interface Settings {
  readonly databaseUrl: string
  readonly simulatorUrl: string
  readonly accountIds: readonly string[]
  /** Asked in all, of one account after the other: what asking leaves behind is the same for few and for many. */
  readonly questions: number
}

const inFlight = 16
const mib = 1_048_576

if (import.meta.main) {
  const { databaseUrl, simulatorUrl, accountIds, questions } = settingsOf<Settings>()
  const gateway = createGateway({
    db: connect(databaseUrl, 'bullpen_worker', { max: 4 }),
    keys: benchRing,
    simulatorUrl: async () => simulatorUrl,
    sharesBudgets: true,
  })
  let asked = 0
  /** Asks until enough is asked. Throws when an account is answered what another one owns. */
  const ask = async () => {
    while (asked < questions) {
      const index = asked++ % accountIds.length
      const balances = await (await gateway.account(accountIds[index] ?? '')).balances()
      const total = balances.find(({ currency }) => currency === 'USDT')?.total
      const { usdt } = keyOf(index)
      if (Number(total) !== Number(usdt)) throw new Error(`an account of ${usdt} USDT was answered ${total}`)
    }
  }
  const work = async (): Promise<UsedMemory> => {
    await Promise.all(Array.from({ length: inFlight }, ask))
    setFlagsFromString('--expose-gc')
    const collectGarbage: () => void = runInNewContext('gc')
    collectGarbage()
    collectGarbage()
    const { rss, heapUsed } = process.memoryUsage()
    return { rssMiB: rss / mib, heapMiB: heapUsed / mib }
  }
  answer({ work: () => work().catch((error: unknown) => ({ refused: messageOf(error) })) })
}

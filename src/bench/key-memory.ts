import { forkChild } from './child.ts'
import type { Contest, Figures } from './contest.ts'
import { seedAccounts } from './key-memory-accounts.ts'
import type { UsedMemory } from './key-memory-worker.ts'
import type { Measure } from './row.ts'

/** How many accounts are opened beside one, and how many symbols their venue lists. */
export interface KeyMemorySize {
  readonly accounts: readonly number[]
  readonly symbols: number
}

/**
 * What a worker holds when it has opened the accounts of many users on one venue, beside one that has opened a single
 * account: each in a new process a round, through the gateway, with as many questions asked.
 */
export function keyMemory({ accounts, symbols }: KeyMemorySize): Contest {
  const most = Math.max(...accounts)
  return {
    goal: '14',
    title: 'memory of users’ keys',
    measures: accounts.flatMap((count) => [
      measureOf('rss', `memory (RSS) of a worker with the keys of ${count} users on one venue, MiB`, count),
      measureOf('heap', `JavaScript heap of that worker, MiB`, count),
    ]),
    async open(ground, closing) {
      const { url: databaseUrl } = await ground.postgres()
      const accountIds = await seedAccounts(databaseUrl, most)
      const venue = await forkChild(
        new URL('./key-memory-venue.ts', import.meta.url),
        { accounts: most, symbols },
        closing,
      )
      const simulatorUrl = await venue.ask<string>('url')
      const measure = async (count: number): Promise<UsedMemory> => {
        await using ending = new AsyncDisposableStack()
        const opened = accountIds.slice(0, count)
        const settings = { databaseUrl, simulatorUrl, accountIds: opened, questions: most }
        const worker = await forkChild(new URL('./key-memory-worker.ts', import.meta.url), settings, ending)
        const answer = await worker.ask<UsedMemory | { readonly refused: string }>('work')
        if ('refused' in answer) throw new Error(answer.refused)
        return answer
      }
      return async () => {
        const one = await measure(1)
        const floor: Figures[] = []
        const ours: Figures[] = []
        for (const count of accounts) {
          floor.push(figures(count, one))
          ours.push(figures(count, await measure(count)))
        }
        return { floor: Object.assign({}, ...floor), ours: Object.assign({}, ...ours) }
      }
    },
  }
}

function measureOf(kind: 'rss' | 'heap', metric: string, count: number): Measure {
  return { id: `14-${kind}-${count}`, metric, goal: { of: 'increase', bound: 'at most', value: 150 } }
}

function figures(count: number, { rssMiB, heapMiB }: UsedMemory): Figures {
  return { [`14-rss-${count}`]: rssMiB, [`14-heap-${count}`]: heapMiB }
}

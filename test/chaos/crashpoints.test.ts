import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { livingPositionsOf } from '#db/account-journal.ts'
import { pausesInForce } from '#db/venue-budgets.ts'
import { checkBullpen, harms } from '#src/chaos/checker.ts'
import { openJournal } from '#src/chaos/journal.ts'
import { readTruth } from '#src/chaos/truth.ts'
import { compareBooks } from '#src/orders/books.ts'
import { type Crashpoint, crashpoints, lastWords } from '#src/orders/crashpoint.ts'
import { openFloor, secretKey, type Trader } from '#test/support/floor.ts'
import { steeredTape } from '#test/support/steered-tape.ts'
import { carryOn } from './carry-on.ts'
import type { Doom } from './fixtures/victim.ts'
import { type Situation, situationsOn } from './situations.ts'

/** How often a worker dies at each crash point; CRASHPOINT_DEATHS says more for the long form. */
const deaths = Number(process.env.CRASHPOINT_DEATHS ?? 3)
const atOnce = 3
/** Here two at once would do each other's work, move each other's prices, or have the venue take no requests. */
const oneByOne: readonly Crashpoint[] = [
  'not-written-not-returned',
  'mid-return',
  'planned-not-woken',
  'stop-asked',
  'batch-taken',
  'unsent-abandoned',
  'taken-back-not-closed',
  'close-not-woken',
  'flat-not-ended',
]

const tape = steeredTape()
const floor = await openFloor({ tape })
const { db, database, simulator } = floor
const situations = situationsOn(floor, tape)
const journal = await openJournal(database.url)
const compiled = mkdtempSync(path.join(tmpdir(), 'bullpen-victims-'))
afterAll(async () => {
  await journal.close()
  rmSync(compiled, { recursive: true })
})
const died = new Map<Crashpoint, number>()

/** Lets another process do it, and die there. */
async function die(point: Crashpoint, { last }: Situation): Promise<void> {
  const doom: Doom = { databaseUrl: database.url, simulatorUrl: simulator.url, secretKey, point, ...last }
  const script = path.join(import.meta.dirname, 'fixtures/victim.ts')
  const child = spawn(process.execPath, [script, JSON.stringify(doom)], {
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let words = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words += text
  })
  const signal = await new Promise((resolve) => child.once('close', (_, by) => resolve(by)))
  expect({ signal, words: words.trimEnd().split('\n').at(-1) }).toEqual({
    signal: 'SIGKILL',
    words: `${lastWords}${point}`,
  })
  died.set(point, (died.get(point) ?? 0) + 1)
}

/** A 429 of the situation before holds everybody back for a moment. */
async function untilVenueTakesRequests(): Promise<void> {
  while ((await pausesInForce(db)).length > 0) await sleep(100)
}

/** From here on the checker judges the account. */
const submit = ({ account, apiKey }: Trader) =>
  journal.query('insert into chaos.accounts values ($1, $2, $3, $4)', [
    account.id,
    apiKey,
    'bullpen',
    account.market,
  ])

/** What the user opened by hand is ours by the user's own word: the venue knows no order of ours behind it. */
async function expectAdopted({ account }: Trader): Promise<void> {
  expect(await livingPositionsOf(db, account.id)).toMatchObject([{ state: 'open', quantityOpen: '2' }])
  expect(await compareBooks(db, account.id, floor.gateway)).toEqual([])
}

test.each(crashpoints)(
  'whoever dies at %s leaves nothing undone and nothing done twice',
  { timeout: 60_000 * deaths },
  async (point) => {
    const meet = async (nth: number): Promise<Trader> => {
      await untilVenueTakesRequests()
      const situation = await situations[point](nth)
      await die(point, situation)
      return situation.trader
    }
    const left = Array.from({ length: deaths }, (_, nth) => nth)
    while (left.length > 0) {
      const some = left.splice(0, oneByOne.includes(point) ? 1 : atOnce)
      for (const trader of await Promise.all(some.map(meet))) {
        await carryOn(floor, trader)
        if (point === 'mid-manual-adoption') await expectAdopted(trader)
        else await submit(trader)
      }
    }
    const verdict = await checkBullpen(journal, await readTruth(simulator.url))
    expect(verdict.findings).toEqual([])
    for (const harm of harms) expect(verdict[harm]).toBe(0)
  },
)

test('at each of them so many have died', () => {
  expect(Object.fromEntries(died)).toEqual(Object.fromEntries(crashpoints.map((point) => [point, deaths])))
})

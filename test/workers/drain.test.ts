import { describe, expect, test } from 'vitest'
import { compareBooks } from '#src/orders/books.ts'
import { backendKinds, queueAddress } from '../support/backends.ts'
import { openCrew } from '../support/crew.ts'
import { openFloor, type Trader } from '../support/floor.ts'
import { losableStore } from '../support/losable-store.ts'

/** Real processes start slowly on a machine that is busy. */
const processesMs = 180_000

const floor = await openFloor()
const { database } = floor
const crew = await openCrew(floor)
const queues = ['orders-binance', 'exits-binance', 'accounts']

const statesOf = async (trader: Trader) =>
  (
    await database.query<{ state: string }>(
      'select state from orders where account_id = $1 order by planned_at',
      [trader.account.id],
    )
  ).map(({ state }) => state)

const sentBy = ({ apiKey }: Trader) => floor.simulator.ledger(apiKey).accounts[0]?.orders.length

/** Answers to orders take so long; what was asked meanwhile is executed already. */
function slowAnswers(ms: number): number {
  const [id = 0] = floor.simulator.faults.add({
    rules: [{ fault: 'slow', match: { request: 'order' }, afterMs: ms }],
  })
  return id
}

describe.each(backendKinds)('with the queue on %s', async (kind) => {
  const address = await queueAddress(kind)

  test('SIGTERM: what is in hand is finished, nothing new is taken, and the process ends with 0', {
    timeout: processesMs,
  }, async () => {
    const worker = await crew.start(queues, address)
    const [trader, later] = [await floor.trader({ market: 'spot' }), await floor.trader({ market: 'spot' })]
    const rule = slowAnswers(2_000)
    await floor.enter(trader, { base: 'BTC', quantity: '0.01' })
    await until(async () => (await statesOf(trader))[0] === 'submitting' && sentBy(trader) === 1)
    worker.kill('SIGTERM')
    await floor.enter(later, { base: 'BTC', quantity: '0.01' })
    const { code, signal, output } = await worker.ended
    floor.simulator.faults.remove(rule)
    expect({ code, signal }, output).toEqual({ code: 0, signal: null })
    expect(await statesOf(trader)).toEqual(['filled'])
    expect(await statesOf(later)).toEqual(['planned'])
    const [row] = await database.query(
      `select stopped_at is not null as stopped from workers where role = 'worker' order by started_at desc limit 1`,
    )
    expect(row).toEqual({ stopped: true })
    await database.query(`update orders set expires_at = now() where state = 'planned'`)
  })

  test('SIGKILL: another worker finishes what the dead one held, and nothing happens twice', {
    timeout: processesMs,
  }, async () => {
    const dying = await crew.start(queues, address)
    const traders = await Promise.all(Array.from({ length: 4 }, () => floor.trader({ market: 'spot' })))
    const rule = slowAnswers(3_000)
    for (const trader of traders) await floor.enter(trader, { base: 'BTC', quantity: '0.01' })
    await until(async () => traders.filter((trader) => sentBy(trader) === 1).length >= 2)
    dying.kill('SIGKILL')
    await dying.ended
    floor.simulator.faults.remove(rule)
    const heir = await crew.start(queues, address)
    // On a busy machine the heir may come too late for an entry that was not sent: it has expired then. One that was claimed
    // and died with its sender before it was sent is proven not to be at the venue.
    const ends = ['filled', 'abandoned', 'not_at_venue']
    const endings = async () => (await Promise.all(traders.map(statesOf))).flat()
    await until(async () => (await endings()).every((state) => ends.includes(state)))
    expect((await endings()).filter((state) => state === 'filled').length).toBeGreaterThanOrEqual(2)
    for (const trader of traders) {
      expect(sentBy(trader)).toBe((await statesOf(trader))[0] === 'filled' ? 1 : 0)
      expect(await compareBooks(floor.db, trader.account.id, floor.gateway)).toEqual([])
    }
    heir.kill('SIGTERM')
    expect((await heir.ended).code).toBe(0)
  })

  test('SIGTERM while the queue is lost: the process ends with 0 all the same', {
    timeout: processesMs,
  }, async () => {
    const store = await losableStore(kind)
    const worker = await crew.start(['accounts', 'exits-binance'], store.address)
    await store.lose()
    await worker.until(/"queue-lost"/)
    worker.kill('SIGTERM')
    const { code, signal, output } = await worker.ended
    expect({ code, signal }, output).toEqual({ code: 0, signal: null })
  })
})

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50))
}

import { expect, test } from 'vitest'
import { compareBooks } from '#src/orders/books.ts'
import { manualClock } from '#src/simulator/clock.ts'
import { openTape } from '#src/simulator/tape/tape.ts'
import { candleLines, newFolder, writeCandles } from '#test/simulator/support/csv.ts'
import { openFloor } from '#test/support/floor.ts'
import { carryOut } from '#test/support/hand-work.ts'
import { watchOnce } from '#test/support/watch.ts'

const minute = 60_000
const historyMinutes = 1_800
/** The minute after the history at which BTC falls by 0.8 %. */
const fallsAt = 22

/** Thirty quiet hours, then a candle of 5 m that is wider than anything before it, and quiet again. */
function tapeWithAFall() {
  const round = (price: number) => Math.round(price * 100) / 100
  const closes = Array.from({ length: historyMinutes + 600 }, (_, i) => {
    const isFallen = i >= historyMinutes + fallsAt
    return round(50_000 * (1 + 0.0002 * Math.sin(i / 7)) * (isFallen ? 0.992 : 1))
  })
  const rows = closes.map((close, i) => {
    const open = closes[i - 1] ?? close
    return [open, Math.max(open, close), Math.min(open, close), close, 10]
  })
  const startMs = Date.UTC(2026, 2, 23)
  const file = writeCandles(newFolder(), 'binance-BTCUSDT-1m-x.csv', candleLines(startMs, minute, rows))
  return openTape(`replay:${file}`, { seed: 0, speed: 1, nowMs: 0 })
}

const tape = tapeWithAFall()
const clock = manualClock(tape.startsAt + 4 * minute)
const floor = await openFloor({ tape, clock })
const { db, desk, database } = floor

test('at the close of a candle that fell, the long that has SmartExit on leaves, and no other', async () => {
  const wishes = [
    { market: 'spot', side: 'long', smartExit: true },
    { market: 'futures', side: 'long', smartExit: true },
    { market: 'futures', side: 'long', smartExit: false },
    { market: 'futures', side: 'short', smartExit: true },
  ] as const
  const held: { positionId: string; accountId: string }[] = []
  for (const { market, side, smartExit } of wishes) {
    const trader = await floor.trader({ market, balances: { USDT: '10000' } })
    const rules = { smartExit, partials: [], trailing: null, dynamicStops: false }
    const entryId = await floor.enter(trader, { base: 'BTC', quantity: '0.01', side, rules })
    held.push({ positionId: await carryOut(desk, entryId), accountId: trader.account.id })
  }
  const closedAt: Record<string, number> = {}
  for (let minutes = 1; minutes <= 30; minutes += 1) {
    clock.advance(minute)
    floor.simulator.settle()
    await watchOnce(floor)
    for (const [index, { positionId }] of held.entries())
      if ((await reasonOf(positionId)) !== undefined) closedAt[index] ??= minutes
  }
  expect(await Promise.all(held.map(({ positionId }) => reasonOf(positionId)))).toEqual([
    'smart_exit:volatility_spike',
    'smart_exit:volatility_spike',
    undefined,
    undefined,
  ])
  // It falls in the candle that opens at 20 and closes at 25; the clock began at 4.
  expect(closedAt).toEqual({ 0: 21, 1: 21 })
  for (const { accountId } of held) expect(await compareBooks(db, accountId, floor.gateway)).toEqual([])
})

/** The close reason of a position's trade; undefined while it lives. */
async function reasonOf(positionId: string): Promise<string | undefined> {
  const [trade] = await database.query<{ close_reason: string }>(
    'select close_reason from trades where position_id = $1',
    [positionId],
  )
  return trade?.close_reason
}

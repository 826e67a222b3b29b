import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { heardAccounts, leaseStreams } from '#db/account-streams.ts'
import { orderOrThrow } from '#db/orders.ts'
import type { JobContext } from '#jobs/context.ts'
import { heedStream } from '#jobs/heed-stream.ts'
import resolveJob from '#jobs/resolve-order.ts'
import type { AccountStream } from '#src/exchange/account-stream.ts'
import { openFloor } from '#test/support/floor.ts'
import { carryOut } from '#test/support/hand-work.ts'

const floor = await openFloor()
const { db, desk, simulator, database } = floor
const asked: { name: string; data: unknown; jobId: string | undefined; delayMs: number | undefined }[] = []
const context = {
  ...desk,
  enqueue: async (
    { name }: { name: string },
    data: unknown,
    options: { jobId?: string; delayMs?: number } = {},
  ) => void asked.push({ name, data, jobId: options.jobId, delayMs: options.delayMs }),
} as unknown as JobContext
const open: AccountStream[] = []
afterAll(() => Promise.all(open.map((stream) => stream.close())))

const stopOf = async (positionId: string) => {
  const [row] = await database.query<{ id: string }>(
    `select id from orders where position_id = $1 and purpose = 'stop' order by attempt desc`,
    [positionId],
  )
  return orderOrThrow(db, row?.id ?? '')
}

test('a stop that somebody takes away is known without a timer: the stream says so, and the venue is asked', async () => {
  const trader = await floor.trader({ market: 'futures' })
  const { id: accountId } = trader.account
  const positionId = await carryOut(desk, await floor.enter(trader, { base: 'ETH', quantity: '1' }))
  const stop = await stopOf(positionId)
  expect(stop.state).toBe('open')
  const heeded: Promise<void>[] = []
  let isWhole = false
  open.push(
    await floor.gateway.listen(accountId, (news) => {
      isWhole ||= news.kind === 'whole'
      heeded.push(heedStream(context, accountId, news))
    }),
  )
  while (!isWhole) await sleep(20)
  simulator.hand({ apiKey: trader.apiKey, do: 'cancel-stops' })
  while (!asked.some(({ name }) => name === 'resolve-order')) await sleep(20)
  await Promise.all(heeded)
  expect(asked).toContainEqual(expect.objectContaining({ name: 'resolve-order', data: { orderId: stop.id } }))
  await resolveJob.run({ orderId: stop.id }, context, {
    signal: new AbortController().signal,
    isRetry: false,
  })
  expect(await orderOrThrow(db, stop.id)).toMatchObject({ state: 'canceled' })
  expect(await stopOf(positionId)).toMatchObject({ state: 'planned', attempt: stop.attempt + 1 })
})

test('what the stream says of itself is written down, and each time it is whole again the account is compared', async () => {
  const { id: accountId } = (await floor.trader({ market: 'spot' })).account
  await leaseStreams(db, { workerId: desk.workerId, leaseMs: 60_000, most: 1_000 })
  asked.length = 0
  await heedStream(context, accountId, { kind: 'whole' })
  expect(await heardAccounts(db)).toContain(accountId)
  expect(asked).toMatchObject([{ name: 'reconcile-account', data: { accountId } }])
  await heedStream(context, accountId, { kind: 'lost', reason: 'a test' })
  expect(await heardAccounts(db)).not.toContain(accountId)
})

test('an order of somebody else has the account compared, once for many, and after the last of them', async () => {
  const { id: accountId } = (await floor.trader({ market: 'spot' })).account
  asked.length = 0
  const strange = { kind: 'order', symbol: 'BTC/USDT', venueOrderId: '1', clientOrderId: '' } as const
  for (let again = 0; again < 5; again += 1) await heedStream(context, accountId, strange)
  expect(asked.every(({ name, delayMs }) => name === 'reconcile-account' && delayMs === 5_000)).toBe(true)
  expect(new Set(asked.map(({ jobId }) => jobId)).size).toBeLessThanOrEqual(2)
})

test('an order that has ended, or is being sent, is not asked for', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const planned = await floor.enter(trader, { base: 'ETH', quantity: '1' })
  asked.length = 0
  const tell = async (orderId: string) => {
    const { symbol, clientOrderId, accountId } = await orderOrThrow(db, orderId)
    await heedStream(context, accountId, { kind: 'order', symbol, clientOrderId, venueOrderId: '' })
  }
  await tell(planned)
  await carryOut(desk, planned)
  await tell(planned)
  expect(asked).toEqual([])
})

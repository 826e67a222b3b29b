import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Simulator, startSimulator } from '#src/simulator/simulator.ts'
import { syntheticTape } from '#src/simulator/tape/synthetic.ts'
import { type Frames, openFrames } from '../support/frames.ts'

let simulator: Simulator
const open: Frames[] = []
const connect = async (path: string, host?: string) => {
  const frames = await openFrames(simulator.url, path, host)
  open.push(frames)
  return frames
}

beforeAll(async () => {
  simulator = await startSimulator({ tape: syntheticTape(7, Date.now()) })
})
afterAll(async () => {
  for (const frames of open) frames.close()
  await simulator.stop()
})

test.each([
  ['a symbol that is not listed', 'nousdt@trade'],
  ['a symbol in capitals', 'BTCUSDT@trade'],
  ['a channel that does not exist', 'btcusdt@depth9'],
  ['an interval that does not exist', 'btcusdt@kline_7m'],
  ['a mark price, on spot', 'btcusdt@markPrice'],
  ['a list that does not exist', '!bookTicker@arr'],
])('%s is refused, with the id of the request', async (_, name) => {
  const frames = await connect('/ws')
  frames.send({ method: 'SUBSCRIBE', params: [name], id: 7 })
  expect(await frames.find(({ id }) => id === 7)).toEqual({
    error: { code: 2, msg: 'Invalid request: invalid stream' },
    id: 7,
  })
})

test('a frame that is not JSON, and a method that does not exist, are answered and end nothing', async () => {
  const frames = await connect('/ws')
  frames.send('{"method":')
  expect(await frames.find(({ error }) => error !== undefined)).toMatchObject({
    error: { code: 2 },
    id: null,
  })
  frames.send({ method: 'SHOUT', params: [], id: 2 })
  expect(await frames.find(({ id }) => id === 2)).toMatchObject({ error: { code: 2 } })
  frames.send({ method: 'LIST_SUBSCRIPTIONS', id: 3 })
  expect(await frames.find(({ id }) => id === 3)).toEqual({ result: [], id: 3 })
})

test('who sends more frames in a second than the venue takes is cut off', async () => {
  const frames = await connect('/ws')
  for (let id = 0; id < 40; id += 1) frames.send({ method: 'LIST_SUBSCRIPTIONS', id })
  expect(await frames.closed).toBe(1008)
  expect(frames.all.length).toBeLessThan(40)
})

test('a path that is no stream, and the private path without a key, are closed', async () => {
  expect(await (await connect('/public/elsewhere')).closed).toBe(1008)
  expect(await (await connect('/private/ws')).closed).toBe(1008)
})

test('what is subscribed comes, is listed, and ends when it is unsubscribed', async () => {
  const frames = await connect('/ws/3')
  frames.send({ method: 'SUBSCRIBE', params: ['btcusdt@trade', 'ethusdt@miniTicker'], id: 1 })
  expect(await frames.find(({ id }) => id === 1)).toEqual({ result: null, id: 1 })
  const trade = await frames.find(({ e }) => e === 'trade')
  expect(trade).toMatchObject({
    s: 'BTCUSDT',
    p: expect.stringMatching(/^\d+\.\d{8}$/),
    m: expect.any(Boolean),
  })
  expect(await frames.find(({ e }) => e === '24hrMiniTicker')).toMatchObject({ s: 'ETHUSDT' })
  frames.send({ method: 'UNSUBSCRIBE', params: ['btcusdt@trade'], id: 2 })
  await frames.find(({ id }) => id === 2)
  frames.send({ method: 'LIST_SUBSCRIPTIONS', id: 3 })
  expect(await frames.find(({ id }) => id === 3)).toEqual({ result: ['ethusdt@miniTicker'], id: 3 })
  const trades = frames.all.filter(({ e }) => e === 'trade').length
  const tickers = frames.all.filter(({ e }) => e === '24hrMiniTicker').length
  await frames.find(() => frames.all.filter(({ e }) => e === '24hrMiniTicker').length > tickers)
  expect(frames.all.filter(({ e }) => e === 'trade')).toHaveLength(trades)
})

test('streams named in the address come wrapped with their names', async () => {
  const frames = await connect('/stream?streams=btcusdt@bookTicker/ethusdt@kline_1m')
  const book = await frames.find(({ stream }) => stream === 'btcusdt@bookTicker')
  expect(book.data).toMatchObject({ s: 'BTCUSDT', b: expect.any(String), A: expect.any(String) })
  expect(book.data).not.toHaveProperty('e')
  const candle = await frames.find(({ stream }) => stream === 'ethusdt@kline_1m')
  expect(candle.data).toMatchObject({ e: 'kline', k: { i: '1m', s: 'ETHUSDT', x: false } })
})

test('the futures host and the futures paths carry the futures market', async () => {
  const byHost = await connect('/ws/btcusdt@markPrice@1s', 'fstream.binance.com')
  expect(await byHost.find(({ e }) => e === 'markPriceUpdate')).toMatchObject({
    s: 'BTCUSDT',
    r: expect.any(String),
  })
  const byPath = await connect('/public/ws/btcusdt@bookTicker')
  expect(await byPath.find(({ e }) => e === 'bookTicker')).toMatchObject({
    s: 'BTCUSDT',
    T: expect.any(Number),
  })
  const all = await connect('/market/stream?streams=!markPrice@arr@1s')
  const { data } = await all.find(({ stream }) => stream === '!markPrice@arr@1s')
  expect((data as { s: string }[]).map(({ s }) => s)).toContain('ETHUSDT')
})

test('a list holds what has changed since the last one', async () => {
  const frames = await connect('/ws/!miniTicker@arr')
  const list = (await frames.find((frame) => Array.isArray(frame))) as unknown as { s: string; e: string }[]
  expect(list.map(({ s }) => s)).toEqual(expect.arrayContaining(['BTCUSDT', 'ETHUSDT']))
  expect(list[0]?.e).toBe('24hrMiniTicker')
})

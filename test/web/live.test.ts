import { beforeAll, expect, test } from 'vitest'
import { topics } from '#src/web/api/events.ts'
import { type TestWeb, testWeb } from '../support/web.ts'

let web: TestWeb
let ben: Record<string, string>

beforeAll(async () => {
  web = await testWeb()
  ben = { cookie: await web.signIn(web.ben) }
})

interface Event {
  readonly name: string
  readonly data: unknown
}

/** The events of a stream as they come. */
async function* stream(signal: AbortSignal): AsyncGenerator<Event> {
  const response = await fetch(`${web.origin}/api/v1/events`, { headers: ben, signal })
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  let rest = ''
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const parts = (rest + chunk).split('\n\n')
    rest = parts.pop() ?? ''
    for (const part of parts) {
      const [, name = '', json = ''] = /^event: (\w+)\ndata: (.*)$/s.exec(part) ?? []
      yield { name, data: JSON.parse(json) }
    }
  }
}

/** Reads until `isLast`; returns what came. */
async function readUntil(isLast: (event: Event) => boolean): Promise<Event[]> {
  const stop = new AbortController()
  const seen: Event[] = []
  for await (const event of stream(stop.signal)) {
    seen.push(event)
    if (isLast(event)) break
  }
  stop.abort()
  return seen
}

test('a new connection gets every topic, of its own tenant alone', async () => {
  const events = await readUntil(({ name }) => name === 'tick')
  expect(events.map(({ name }) => name)).toEqual([...topics, 'tick'])
  const text = JSON.stringify(events)
  expect(text).toContain(web.ben.accountId)
  for (const secret of [web.ada.id, web.ada.accountId, ...web.ada.openPositionIds])
    expect(text).not.toContain(secret)
})

test('what has not changed is not sent again, and what changed is', async () => {
  let ticks = 0
  const events = await readUntil(({ name }) => {
    if (name === 'tick' && ++ticks === 1) void insertSignal()
    return ticks > 0 && name === 'signals'
  })
  expect(events.filter(({ name }) => name === 'trades')).toHaveLength(1)
  expect(events.filter(({ name }) => name === 'signals').length).toBe(2)
  expect(JSON.stringify(events.at(-1)?.data)).toContain('AVAX/USDT')
})

function insertSignal() {
  return web.database.query(
    `insert into trading_signals (source, symbol, action, confidence, price, created_at, renewed_at, expires_at)
     values ('smart_entry', 'AVAX/USDT', 'BUY', 0.6, 20, now(), now(), now() + interval '1 minute')`,
  )
}

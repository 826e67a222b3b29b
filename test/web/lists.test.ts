import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { cell } from '#src/web/api/trades-csv.ts'
import { type TestWeb, testWeb } from '../support/web.ts'

let web: TestWeb
let ada: Record<string, string>

beforeAll(async () => {
  web = await testWeb(undefined, { most: 1_000_000, windowSeconds: 60 })
  ada = { cookie: await web.signIn(web.ada) }
})

const answer = z.object({ items: z.array(z.looseObject({ id: z.string() })), next: z.string().nullable() })

async function get(path: string) {
  const response = await fetch(`${web.origin}/api/v1${path}`, { headers: ada })
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  return answer.parse(await response.json())
}

/** Reads a list to its end; `between` runs before each further page. */
async function readAll(path: string, limit: number, between: () => Promise<unknown> = async () => {}) {
  const ids: string[] = []
  let next: string | null = null
  do {
    const cursor: string = next === null ? '' : `&cursor=${next}`
    const page = await get(`${path}?limit=${limit}${cursor}`)
    expect(page.items.length).toBeLessThanOrEqual(limit)
    ids.push(...page.items.map(({ id }) => id))
    next = page.next
    if (next !== null) await between()
  } while (next !== null)
  return ids
}

/** Adds a trade that closed at an instant which others share, to the microsecond. */
const addTrade = (closedAt: string) =>
  web.database.query(
    `with p as (
       insert into positions (user_id, account_id, source, symbol, side, state, qty_entered, entry_price, opened_at, closed_at)
       values ($1, $2, 'smart_entry', 'BTC/USDT', 'long', 'closed', 1, 1, $3::timestamptz, $3::timestamptz) returning id)
     insert into trades (user_id, account_id, position_id, source, symbol, side, quantity, entry_price, exit_price, gross_pnl, fees, pnl,
       profit_ratio, close_reason, opened_at, closed_at)
     select $1, $2, p.id, 'smart_entry', 'BTC/USDT', 'long', 1, 1, 1, 0, 0, 0, 0, 'signal', $3::timestamptz, $3::timestamptz from p`,
    [web.ada.id, web.ada.accountId, closedAt],
  )

test('whatever the page, a list is read whole and once, though rows share an instant and new ones come in', async () => {
  for (let n = 0; n < 9; n += 1) await addTrade('2026-03-01T00:00:00.123456Z')
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 7 }), fc.boolean(), async (limit, isBusy) => {
      const before = (await get('/trades?limit=200')).items.map(({ id }) => id)
      const ids = await readAll(
        '/trades',
        limit,
        isBusy ? () => addTrade(new Date().toISOString()) : undefined,
      )
      expect(new Set(ids).size).toBe(ids.length)
      expect(ids).toEqual(before)
    }),
    { numRuns: 12 },
  )
})

test.each(['/trades', '/decisions', '/signals', '/orders', '/fills', '/audit'])(
  '%s is newest first, page by page',
  async (path) => {
    await web.database.query(
      `insert into audit_log (user_id, actor, action) select $1, 'test', 'test' from generate_series(1, 5)`,
      [web.ada.id],
    )
    const whole = (await get(`${path}?limit=200`)).items.map(({ id }) => id)
    expect(whole.length).toBeGreaterThan(2)
    expect(await readAll(path, 2)).toEqual(whole)
  },
)

describe('a cursor of another list', () => {
  test('whose rows are told apart otherwise is refused', async () => {
    const { next } = await get('/audit?limit=1')
    const response = await fetch(`${web.origin}/api/v1/trades?cursor=${next}`, { headers: ada })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'invalid-request', errors: [{ field: 'cursor' }] })
  })

  test.each(['2026-02-30T00:00:00.000000Z', '0000-01-01T00:00:00.000000Z', '2026-01-01T25:00:00.000000Z'])(
    'of a day that there is not is refused: %s',
    async (at) => {
      const cursor = Buffer.from(`${at} ${web.ada.id}`).toString('base64url')
      expect((await fetch(`${web.origin}/api/v1/trades?cursor=${cursor}`, { headers: ada })).status).toBe(400)
    },
  )
})

describe('trades are picked', () => {
  const picked = async (query: string) => (await get(`/trades?limit=200&${query}`)).items
  test.each([
    { query: 'symbol=SOL/USDT', field: 'symbol', value: 'SOL/USDT' },
    { query: 'reason=stop_loss', field: 'closeReason', value: 'stop_loss' },
    { query: 'side=long', field: 'side', value: 'long' },
    { query: 'source=smart_entry', field: 'source', value: 'smart_entry' },
  ])('by $query', async ({ query, field, value }) => {
    const items = await picked(query)
    expect(items.length).toBeGreaterThan(0)
    expect(items.every((item) => item[field] === value)).toBe(true)
  })

  test('by when they closed: from a day on, and before another', async () => {
    await addTrade('2026-02-10T00:00:00Z')
    await addTrade('2026-02-11T00:00:00Z')
    const items = await picked('from=2026-02-10&to=2026-02-11')
    expect(items.map(({ closedAt }) => closedAt)).toEqual(['2026-02-10T00:00:00.000Z'])
    expect(await picked('side=short')).toEqual([])
  })
})

describe('trades as CSV', () => {
  test('are those of the list under the same filter', async () => {
    const response = await fetch(`${web.origin}/api/v1/trades.csv?symbol=SOL/USDT`, { headers: ada })
    expect(response.headers.get('content-type')).toContain('text/csv')
    expect(response.headers.get('content-disposition')).toContain('bullpen-trades.csv')
    const [head, ...lines] = (await response.text()).trimEnd().split('\r\n')
    expect(head).toMatch(/^closedAt,openedAt,symbol,side,/)
    const listed = (await get('/trades?limit=200&symbol=SOL/USDT')).items
    expect(lines.map((line) => line.split(',').at(-1))).toEqual(listed.map(({ id }) => id))
  })

  test.each([
    ['=1+1', `'=1+1`],
    ['@x', `'@x`],
    ['-5.5', '-5.5'],
    ['-x', `'-x`],
    ['a,b', '"a,b"'],
    ['a"b', '"a""b"'],
    [-0.5, '-0.5'],
  ])('the cell %j is written %s', (value, text) => {
    expect(cell(value)).toBe(text)
  })
})

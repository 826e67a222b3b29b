import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import type { Candle, Timeframe } from '#src/domain/candle.ts'
import { UserError } from '#src/errors.ts'
import { type LiveStrategies, liveStrategies, type StrategyLook } from '#src/signals/strategies/live.ts'

const root = mkdtempSync(join(tmpdir(), 'bullpen-live-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const opened: LiveStrategies[] = []
afterEach(() => {
  for (const one of opened.splice(0)) one.stop()
})

const start = "import { candlesOf, defineStrategy, z } from 'bullpen/strategy'\n"
/** A strategy that says BUY at every close of an even minute of ten, unless something of it is changed. */
function strategy(name: string, onCandle: string, rest = 'parameters: z.object({})'): string {
  return `${start}export default defineStrategy({ name: '${name}', timeframe: '5m', warmup: 3, ${rest}, onCandle: ${onCandle} })`
}
const buys = "({ candle }) => ({ action: 'BUY', confidence: 0.5, reasoning: String(candle.close) })"

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(root, 'folder-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

function open(folder: string, lookMs = 20_000): LiveStrategies {
  const strategies = liveStrategies(folder, { loadMs: 60_000, lookMs, memoryMb: 96 })
  opened.push(strategies)
  return strategies
}

const fiveMs = 300_000
const startMs = Date.UTC(2026, 0, 5)

/** A market whose candle of 5 m number i closes at 100 + i; the last of each list is still forming. */
function marketAt(nowMs: number): { candles: (s: string, t: Timeframe, n: number) => Promise<Candle[]> } {
  return {
    async candles(symbol, timeframe, limit) {
      if (symbol === 'GONE/USDT') throw new Error('not listed')
      const stepMs = timeframe === '1h' ? 3_600_000 : fiveMs
      const count = Math.min(limit, Math.floor((nowMs - startMs) / stepMs) + 1)
      const first = Math.floor((nowMs - startMs) / stepMs) + 1 - count
      return Array.from({ length: count }, (_, i) => {
        const close = 100 + first + i
        const openTimeMs = startMs + (first + i) * stepMs
        return { openTimeMs, open: close, high: close, low: close, close, volume: 1 }
      })
    },
  }
}

const afterCandles = (count: number) => startMs + count * fiveMs + 1_000
const look = (strategies: LiveStrategies, source: string, count: number, symbols = ['BTC/USDT']) =>
  strategies.look(source, symbols, marketAt(afterCandles(count)), afterCandles(count))
const said = (one: StrategyLook) => (one.state === 'said' ? one.words.map(({ word }) => word.reasoning) : one)
const reason = (one: StrategyLook) => (one.state === 'paused' ? one.reason : one)

describe('what harms only itself', () => {
  const cases: readonly [name: string, text: string, rule: RegExp][] = [
    ['throws', strategy('bad', "() => { throw new Error('no idea\\nof mine') }"), /threw: no idea/],
    ['throws-at-load', 'throw new Error("not today")', /cannot be loaded: not today/],
    ['loops', strategy('bad', '() => { for (;;); }'), /took more than 6 s to look at BTC\/USDT/],
    [
      'piles-up',
      strategy('bad', '() => { const pile = []; for (;;) pile.push({ a: Math.random() }) }'),
      /memory|allocates|took more than/,
    ],
    [
      'takes-it-all-at-once',
      strategy('bad', "() => { const pile = []; for (;;) pile.push('x'.repeat(1e8).split('').join('y')) }"),
      /memory|allocates|took more than/,
    ],
    [
      'fills-buffers',
      strategy('bad', '() => { const pile = []; for (;;) pile.push(Buffer.alloc(2e7, 1)) }'),
      /more than 96 MB|took more than/,
    ],
    ['leaves', strategy('bad', '() => process.exit(0)'), /its thread ended with 0/],
    ['says-nonsense', strategy('bad', "() => ({ action: 'MOON', confidence: 2 })"), /action is MOON/],
    ['promises', strategy('bad', 'async () => undefined'), /promise/],
    ['rejects-later', strategy('bad', '() => void Promise.reject(new Error("later"))'), /later/],
    [
      'writes-to-the-port',
      `import { parentPort } from 'node:worker_threads'\nparentPort.postMessage({ words: 'all mine' })\n${strategy('bad', '() => undefined')}`,
      /answers nonsense/,
    ],
    [
      'is-called-otherwise',
      strategy('other', buys),
      /its name is other: a live strategy is called as its file/,
    ],
  ]

  test.each(cases)('a strategy that %s', async (name, text, rule) => {
    const file = text.includes("name: 'bad'") ? text.replace("name: 'bad'", `name: '${name}'`) : text
    const strategies = open(folderOf({ [`${name}.ts`]: file, 'good.ts': strategy('good', buys) }), 6_000)
    const source = `strategy:${name}`
    expect(strategies.sources()).toEqual(['strategy:good', source].sort())
    let first = await look(strategies, source, 5)
    // A rejection nobody handled ends the thread a moment after the look.
    for (let i = 6; first.state !== 'paused' && i < 12; i++) first = await look(strategies, source, i)
    expect(first).toEqual({ state: 'paused', reason: expect.stringMatching(rule), isNews: true })
    expect(reason(first)).not.toMatch(/\n/)
    const again = await look(strategies, source, 13)
    expect(again).toEqual({ state: 'paused', reason: reason(first), isNews: false })
    expect(said(await look(strategies, 'strategy:good', 5))).toEqual(['102', '103', '104'])
  })

  test('goes on when its file or its parameters change', async () => {
    const rest = 'parameters: z.object({ least: z.number().min(0).max(1).default(0.2) })'
    const text = (confidence: string) =>
      strategy('mine', `(_, { parameters }) => ({ action: 'SELL', confidence: ${confidence} })`, rest)
    const folder = folderOf({ 'mine.ts': text('7'), 'mine.json': '{"most": 1}' })
    const strategies = open(folder)
    expect(reason(await look(strategies, 'strategy:mine', 5))).toMatch(
      /there is no parameter most; it has least/,
    )
    writeFileSync(join(folder, 'mine.json'), '[]')
    expect(reason(await look(strategies, 'strategy:mine', 5))).toMatch(/mine.json: must be a JSON object/)
    writeFileSync(join(folder, 'mine.json'), '{"least": 0.75}')
    expect(reason(await look(strategies, 'strategy:mine', 5))).toMatch(/confidence is 7/)
    writeFileSync(join(folder, 'mine.ts'), text('parameters.least'))
    const good = await look(strategies, 'strategy:mine', 5)
    expect(good.state === 'said' && good.words.map(({ word }) => word.confidence)).toEqual([0.75, 0.75, 0.75])
    rmSync(join(folder, 'mine.ts'))
    expect(await look(strategies, 'strategy:mine', 6)).toEqual({ state: 'gone' })
  })
})

describe('what it sees', () => {
  test('each close once and in order, its warm-up silent, and words no older than three candles', async () => {
    const strategies = open(folderOf({ 'good.ts': strategy('good', buys) }))
    expect(said(await look(strategies, 'strategy:good', 2))).toEqual([])
    expect(said(await look(strategies, 'strategy:good', 3))).toEqual(['102'])
    expect(said(await look(strategies, 'strategy:good', 3))).toEqual([])
    expect(said(await look(strategies, 'strategy:good', 5))).toEqual(['103', '104'])
    // Away for longer than anybody remembers: it begins anew.
    expect(said(await look(strategies, 'strategy:good', 3_000))).toEqual(['3097', '3098', '3099'])
  })

  test('longer candles as they stood at each close, in a memory per symbol', async () => {
    const text = strategy(
      'long',
      `(context, { memory }) => {
        memory.count += 1
        const hours = candlesOf(context, '1h').map(({ close }) => close).join('+')
        return { action: 'BUY', confidence: 1, reasoning: memory.count + ' at ' + new Date(context.nowMs).toISOString().slice(11, 16) + ' ' + hours }
      }`,
      "history: { '1h': 2 }, parameters: z.object({}), remember: () => ({ count: 0 })",
    )
    const strategies = open(folderOf({ 'long.ts': text }))
    const first = await look(strategies, 'strategy:long', 25, ['BTC/USDT', 'GONE/USDT', 'ETH/USDT'])
    const words = ['3 at 01:55 100', '4 at 02:00 100+101', '5 at 02:05 100+101']
    expect(first.state === 'said' && first.missed).toEqual([{ symbol: 'GONE/USDT', reason: 'not listed' }])
    // The list begins where the venue's does: three candles of warm-up and three of history before the last.
    const shown = said(first) as string[]
    expect(shown.map((text) => text.replace(/^\d+/, '#'))).toEqual(
      [...words, ...words].map((text) => text.replace(/^\d+/, '#')),
    )
    expect(shown.slice(0, 3)).toEqual(shown.slice(3))
    const [before = ''] = shown.slice(-1)
    const next = said(await look(strategies, 'strategy:long', 26)) as string[]
    expect(next).toEqual([`${Number.parseInt(before, 10) + 1} at 02:10 100+101`])
  })

  test('nothing of the environment of the program', async () => {
    const text = strategy(
      'nosy',
      "() => ({ action: 'HOLD', confidence: 0, reasoning: JSON.stringify(process.env) })",
    )
    const strategies = open(folderOf({ 'nosy.ts': text }))
    expect(said(await look(strategies, 'strategy:nosy', 3))).toEqual(['{}'])
  })
})

test('a folder names its strategies; one that is not there is told at the start', () => {
  const folder = folderOf({
    'b.ts': '',
    'a.js': '',
    'c.mjs': '',
    '_shared.ts': '',
    '.hidden.ts': '',
    'a.test.ts': '',
    'a.d.ts': '',
    'a.json': '{}',
    'read me.ts': '',
  })
  mkdirSync(join(folder, 'sub.ts'))
  expect(liveStrategies(folder).sources()).toEqual(['strategy:a', 'strategy:b', 'strategy:c'])
  expect(liveStrategies(undefined).sources()).toEqual([])
  expect(() => liveStrategies(join(folder, 'none'))).toThrow(UserError)
})

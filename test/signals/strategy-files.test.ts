import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { UserError } from '#src/errors.ts'
import { loadStrategy, readParameters } from '#src/signals/strategies/load.ts'
import { runNode } from '../support/program.ts'

// Away from the project, where no node_modules is found and no package.json says what a .ts file is.
const folder = mkdtempSync(join(tmpdir(), 'bullpen-strategy-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const fixture = fileURLToPath(new URL('load-strategies.ts', import.meta.url))

interface Loaded {
  readonly loaded?: Readonly<Record<string, unknown>>
  readonly said?: readonly { readonly candle: number; readonly action: string }[]
  readonly failure?: string
}

/** Loads files by the text they hold, all in one process of its own, as the program loads them. */
async function loadAll(
  texts: readonly string[],
  parameters: readonly (Record<string, unknown> | undefined)[] = [],
): Promise<Loaded[]> {
  const cases = texts.map((text, i) => {
    const file = join(mkdtempSync(join(folder, 'case-')), 'mine.ts')
    writeFileSync(file, text)
    return { file, ...(parameters[i] && { parameters: parameters[i] }) }
  })
  return load(cases)
}

async function load(cases: readonly object[]): Promise<Loaded[]> {
  const { output, code } = await runNode([fixture, JSON.stringify(cases)], { cwd: folder }).ended
  expect(code, output).toBe(0)
  // Nothing but the answer: Node warns of nothing.
  return JSON.parse(output)
}

const start = "import { defineStrategy, z } from 'bullpen/strategy'\n"
function strategy(change: string): string {
  return `${start}export default defineStrategy({ name: 'mine', timeframe: '5m', warmup: 3, parameters: z.object({}), onCandle: () => undefined, ${change} })`
}

/** The example of the README, out of its own text. */
function exampleOfReadme(): string {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  return /```ts\n(import \{ defineStrategy[\s\S]*?)```/.exec(readme)?.[1] ?? ''
}

describe('a file that is no strategy is told in one line that names it and the rule', () => {
  const cases: readonly [name: string, text: string, rule: RegExp][] = [
    ['nothing', '', /has no default export; write export default defineStrategy/],
    ['another export', `${start}export const strategy = 5`, /has no default export/],
    ['a number', 'export default 5', /by default is no defineStrategy/],
    [
      'throwing',
      'const a = 1\n\nthrow new Error("no key\\nof mine")',
      /cannot be loaded: no key \(line 3\)$/,
    ],
    ['throwing text', 'throw "nothing"', /cannot be loaded: nothing$/],
    ['a syntax error', 'export default {\n  name: = 5\n}', /cannot be loaded: .*\(line 2\)$/],
    ['what Node cannot strip', 'enum A { B }\nexport default A', /cannot be loaded: .*enum/i],
    ['an unknown package', "import 'no-such-package-of-mine'", /cannot be loaded: Cannot find package/],
    ['a name that is none of ours', "import { Sma } from 'bullpen/strategy'", /cannot be loaded: .*Sma/],
    ['a bad name', strategy("name: 'a b'"), /name must be 1 to 64 letters/],
    ['a timeframe', strategy("timeframe: '7m'"), /timeframe must be one of 1m, 5m/],
    ['no warm-up', strategy('warmup: 0'), /warmup must be from 1 on/],
    ['half a candle', strategy('warmup: 1.5'), /warmup must be a whole number/],
    ['a history', strategy("history: { '1h': -1 }"), /history\.1h must be from 1 on/],
    ['a history of no timeframe', strategy("history: { '2w': 1 }"), /history has no 2w/],
    ['plain parameters', strategy('parameters: { fast: 9 }'), /parameters must be z\.object/],
    ['no function', strategy('onCandle: 5'), /onCandle must be a function/],
    ['an unknown part', strategy('onTick: () => 5'), /a strategy has no onTick/],
    [
      'no default',
      strategy('parameters: z.object({ a: z.number() })'),
      /the parameter a must have a default/,
    ],
    [
      'nested parameters',
      strategy('parameters: z.object({ a: z.object({}).default({}) })'),
      /the parameter a must be a number, a switch, a word or a choice/,
    ],
    [
      'throwing at its start',
      strategy('remember: () => { throw new Error("full") }'),
      /mine threw: full \(line 2\)$/,
    ],
    [
      'throwing at a candle',
      strategy('onCandle: () => { throw new RangeError("lost") }'),
      /mine on BTC\/USDT at 1970-01-01T00:05:00\.000Z threw: lost \(line 2\)$/,
    ],
    ['a promise', strategy("onCandle: async () => ({ action: 'BUY', confidence: 1 })"), /says a promise/],
    ['a word', strategy("onCandle: () => 'BUY'"), /says BUY, which is no signal/],
    [
      'no action',
      strategy('onCandle: () => ({ confidence: 1 })'),
      /action is undefined: must be BUY, SELL, HOLD/,
    ],
    [
      'confidence in percent',
      strategy("onCandle: () => ({ action: 'BUY', confidence: 70 })"),
      /confidence is 70: must be a number from 0 to 1/,
    ],
    ['NaN', strategy("onCandle: () => ({ action: 'BUY', confidence: 0 / 0 })"), /confidence is NaN/],
    [
      'a stop of 0',
      strategy("onCandle: () => ({ action: 'BUY', confidence: 1, stopLoss: 0 })"),
      /stopLoss is 0: must be a price above 0/,
    ],
  ]

  test('each of them', async () => {
    const results = await loadAll(cases.map(([, text]) => text))
    for (const [i, [name, , rule]] of cases.entries()) {
      const { failure } = results[i] ?? {}
      expect(failure, name).toMatch(rule)
      expect(failure, name).toMatch(/^UserError: strategy /)
      expect(failure, name).not.toContain('\n')
    }
  })

  test('a file that is not there, a folder, and a name that is none', async () => {
    mkdirSync(join(folder, 'folder.ts'))
    for (const named of ['./absent.ts', join(folder, 'folder.ts')])
      await expect(loadStrategy(named)).rejects.toThrow(
        new UserError(`strategy ${named}: there is no such file`),
      )
    await expect(loadStrategy('smart-exit')).rejects.toThrow(
      'strategy smart-exit: there is none of this name; it may be smart-entry, council or a file',
    )
  })
})

describe('parameters', () => {
  const cases: readonly [given: Record<string, unknown>, rule: string][] = [
    [{ trend: 2 }, 'strategy smart-entry: the parameter trend is 2: too big: expected number to be <=1'],
    [
      { trend: '1' },
      'strategy smart-entry: the parameter trend is "1": invalid input: expected number, received string',
    ],
    [
      { trends: 1 },
      'strategy smart-entry: there is no parameter trends; it has trend (0–1, default 0.3), macd (0–1, default 0.2)',
    ],
  ]

  test.each(cases)('%j is refused with the value and the rule', async (given, rule) => {
    await expect(loadStrategy('smart-entry', given)).rejects.toThrow(rule)
  })

  test('are read from the command line or from a file', async () => {
    const file = join(folder, 'parameters.json')
    writeFileSync(file, '{"fast": 9}')
    expect(readParameters('{"fast": 9}')).toEqual({ fast: 9 })
    expect(readParameters(file)).toEqual({ fast: 9 })
    expect(() => readParameters('{"fast": 9')).toThrow(/^--parameters: .*JSON/)
    expect(() => readParameters(join(folder, 'none.json'))).toThrow(/^--parameters .*none\.json: ENOENT/)
    writeFileSync(file, '[9]')
    expect(() => readParameters(file)).toThrow(/must be a JSON object such as/)
  })

  test('those of the shipped strategies have the defaults of the reference', async () => {
    expect(await loadStrategy('smart-entry')).toMatchObject({
      name: 'smart_entry',
      timeframe: '5m',
      history: { '5m': 50 },
      parameters: {
        trend: 0.3,
        macd: 0.2,
        volume: 0.1,
        pattern: 0.1,
        rsi: 0.15,
        structure: 0.15,
        least_confidence: 0.35,
      },
    })
    expect(await loadStrategy('council', { risk: 0 })).toMatchObject({
      name: 'COUNCIL_V2.0_FALLBACK',
      history: { '5m': 288, '1h': 600, '4h': 600, '1d': 200 },
      parameters: { cio: 0.35, execution: 0.3, research: 0.15, risk: 0, least_score: 0.25 },
    })
  })
})

describe('the example of the README', () => {
  const example = exampleOfReadme()

  test('has fewer than forty lines and does what it says, with its defaults and with others', async () => {
    expect(example.split('\n').length).toBeLessThan(40)
    const [standard, faster, wrong] = await loadAll(
      [example, example, example],
      [undefined, { fast: 3 }, { fast: 1 }],
    )
    expect(standard?.loaded).toMatchObject({ name: 'ma-cross', parameters: { fast: 9, slow: 21 } })
    const actions = standard?.said?.map(({ action }) => action) ?? []
    // Prices swing with a period of 94 candles: two crossings in each, the first 200 candles are its warm-up.
    expect(actions).toHaveLength(4)
    for (const [i, action] of actions.entries()) expect(action).not.toBe(actions[i - 1])
    expect(standard?.said?.[0]?.candle).toBeGreaterThanOrEqual(200)
    expect(faster?.loaded).toMatchObject({ parameters: { fast: 3, slow: 21 } })
    expect(faster?.said?.map(({ candle }) => candle)).not.toEqual(standard?.said?.map(({ candle }) => candle))
    expect(wrong?.failure).toMatch(/the parameter fast is 1: too small/)
  })

  test('may import its own files, and stands in a folder of CommonJS as well', async () => {
    const place = mkdtempSync(join(folder, 'own-'))
    writeFileSync(join(place, 'package.json'), '{"type": "commonjs"}')
    writeFileSync(join(place, 'confidence.ts'), 'export const sure: number = 0.8\n')
    writeFileSync(
      join(place, 'mine.ts'),
      `import { sure } from './confidence.ts'\n${strategy("onCandle: () => ({ action: 'SELL', confidence: sure })")}`,
    )
    const [result] = await load([{ file: join(place, 'mine.ts') }])
    expect(result?.failure).toBeUndefined()
    expect(result?.said).toHaveLength(398)
    expect(result?.said?.[0]).toMatchObject({ candle: 3, action: 'SELL', confidence: 0.8, reasoning: '' })
  })
})

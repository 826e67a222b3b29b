import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { runApart } from '#src/backtest/asked/run-apart.ts'
import type { AskedRun } from '#src/backtest/asked/told.ts'
import { UserError } from '#src/errors.ts'

vi.setConfig({ testTimeout: 120_000 })
const folder = mkdtempSync(join(tmpdir(), 'bullpen-apart-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const startMs = Date.UTC(2025, 0, 6)
const rows = Array.from({ length: 2_000 }, (_, n) => {
  const price = (100 + 3 * Math.sin(n / 9)).toFixed(2)
  return [startMs + n * 300_000, price, price, price, price, '5'].join(',')
})
const candles = join(folder, 'binance-BTCUSDT-5m-2025-01.csv')
writeFileSync(candles, `time_ms,open,high,low,close,volume\n${rows.join('\n')}\n`)

function asked(onCandle: string): AskedRun {
  const strategy = join(mkdtempSync(join(folder, 'case-')), 'mine.ts')
  writeFileSync(
    strategy,
    `import { defineStrategy, z } from 'bullpen/strategy'
export default defineStrategy({ name: 'mine', timeframe: '5m', warmup: 1, parameters: z.object({}), onCandle: ${onCandle} })`,
  )
  return {
    candles: [candles],
    funding: [],
    strategy,
    parameters: {},
    settings: {},
    weights: 'none.json',
    market: 'spot',
    fee: 0.001,
    slippage: 0,
    capital: 1_000,
    fromMs: startMs,
    toMs: startMs + 6 * 86_400_000,
  }
}

const options = () => ({ signal: new AbortController().signal, onProgress() {} })

/** Runs under this folder that live: their strategy's path stands in no command line, so the process file is looked for. */
function living(): number {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => {
      try {
        const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
        return text.includes('asked/process.ts') && Number(parent) === process.pid
      } catch {
        return false
      }
    }).length
}

test('a strategy in an endless loop is given up, and its process is gone', async () => {
  const limits = { memoryMb: 256, silentMs: 10_000 }
  const run = runApart(asked('() => { for (;;); }'), { ...options(), limits })
  await expect(run).rejects.toThrow(new UserError('it said nothing for 10 s'))
  await vi.waitFor(() => expect(living()).toBe(0), { timeout: 10_000 })
})

test('one that takes too much memory fails, and nobody else notices', async () => {
  const limits = { memoryMb: 64, silentMs: 60_000 }
  const hoard =
    '() => { globalThis.kept ??= []; globalThis.kept.push(new Float64Array(2_000_000).fill(1)); return undefined }'
  await expect(runApart(asked(hoard), { ...options(), limits })).rejects.toThrow(
    /memory|process ended|thread/,
  )
  await vi.waitFor(() => expect(living()).toBe(0), { timeout: 10_000 })
})

test('it sees nothing of the environment', async () => {
  process.env.CANARY_OF_TESTS = 'canary'
  const tell = "() => { throw new Error('sees ' + Object.keys(process.env).join(',') + '.') }"
  await expect(runApart(asked(tell), options())).rejects.toThrow(/threw: sees \./)
  delete process.env.CANARY_OF_TESTS
})

test('whoever does not want it any more is rid of it', async () => {
  const stop = new AbortController()
  const run = runApart(asked('() => { const end = Date.now() + 50; while (Date.now() < end); }'), {
    signal: stop.signal,
    onProgress: () => stop.abort(new Error('enough')),
  })
  setTimeout(() => stop.abort(new Error('enough')), 5_000).unref()
  await expect(run).rejects.toThrow('enough')
  await vi.waitFor(() => expect(living()).toBe(0), { timeout: 10_000 })
})

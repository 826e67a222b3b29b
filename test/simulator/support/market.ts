import type { binance } from 'ccxt'
import { type ManualClock, manualClock } from '#src/simulator/clock.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '#src/simulator/simulator.ts'
import { openTape, type Tape } from '#src/simulator/tape/tape.ts'
import { clientOf } from './client.ts'
import { candleLines, newFolder, writeCandles } from './csv.ts'

export const minuteMs = 60_000
export const spotKeys = { apiKey: 'spot-key-for-tests', secret: 'spot-secret-for-tests' }
export const futuresKeys = { apiKey: 'futures-key-for-tests', secret: 'futures-secret-for-tests' }

export interface Bench {
  readonly simulator: Simulator
  readonly clock: ManualClock
  readonly tape: Tape
  readonly spot: binance
  readonly futures: binance
}

/**
 * A tape on which the test decides the price of BTC/USDT: 40 flat minutes at 50 000, of which 30 are history, then the
 * given candles [open, high, low, close]. BNB/USDT stays at 500, ETH/USDT at 2 500.
 */
export function tapeOf(candles: readonly (readonly [number, number, number, number])[]): Tape {
  const folder = newFolder()
  const start = Date.UTC(2025, 0, 1)
  const flat = Array.from({ length: 40 }, () => [50_000, 50_000, 50_000, 50_000])
  const count = flat.length + candles.length
  const still = (price: number) => Array.from({ length: count }, () => [price, price, price, price, 1])
  const lines = candleLines(
    start,
    minuteMs,
    [...flat, ...candles].map((row) => [...row, 12.5]),
  )
  const btc = writeCandles(folder, 'binance-BTCUSDT-1m-x.csv', lines)
  const bnb = writeCandles(folder, 'binance-BNBUSDT-1m-x.csv', candleLines(start, minuteMs, still(500)))
  const eth = writeCandles(folder, 'binance-ETHUSDT-1m-x.csv', candleLines(start, minuteMs, still(2500)))
  return openTape(`replay:${btc},${bnb},${eth}`, { seed: 0, speed: 1, nowMs: 0 })
}

/** A simulator on such a tape whose market clock stands at the end of the flat minutes, with a funded account per market. */
export async function startBench(
  candles: readonly (readonly [number, number, number, number])[] = [],
  options: Partial<SimulatorOptions> & {
    balances?: Record<string, string>
    settings?: Record<string, string>
  } = {},
): Promise<Bench> {
  const tape = options.tape ?? tapeOf(candles)
  const clock = manualClock(Date.UTC(2025, 0, 1) + 40 * minuteMs - 1000)
  const errors: unknown[] = []
  const simulator = await startSimulator({ clock, onError: (error) => errors.push(error), ...options, tape })
  const balances = options.balances ?? { USDT: '10000', BTC: '1' }
  const { settings } = options
  simulator.addAccount({ venue: 'binance', market: 'spot', ...spotKeys, balances, settings })
  simulator.addAccount({
    venue: 'binance',
    market: 'futures',
    ...futuresKeys,
    balances: { USDT: '10000' },
    settings,
  })
  const spot = await clientOf(simulator.url, spotKeys, 'spot')
  const futures = await clientOf(simulator.url, futuresKeys, 'futures')
  await Promise.all([spot.loadMarkets(), futures.loadMarkets()])
  return { simulator, clock, tape, spot, futures }
}

/** The error a call ends with: its ccxt class and the venue's own code, or 'nothing'. */
export async function errorOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'nothing'
  } catch (error) {
    const { name, message } = error as Error
    const code = /"code":(-?\d+)/.exec(message)?.[1]
    return `${name} ${code ?? message}`
  }
}

/** The venue's id of an order; every order here has one. */
export function idOf(order: { id: string | undefined }): string {
  if (order.id === undefined) throw new Error('an order without an id')
  return order.id
}

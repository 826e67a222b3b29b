import { startSimulator } from '../simulator/simulator.ts'
import { openTape, type Tape } from '../simulator/tape/tape.ts'
import { answer, settingsOf } from './child.ts'
import { keyOf } from './key-memory-accounts.ts'

const { accounts, symbols } = settingsOf<{ accounts: number; symbols: number }>()
const few = openTape('synthetic', { seed: 1, speed: 1, nowMs: Date.now() })
const listings = Array.from({ length: symbols }, (_, i) => ({
  symbol: `C${i}/USDT`,
  base: `C${i}`,
  quote: 'USDT',
  priceDecimals: 2,
  quantityDecimals: 5,
}))
const tape: Tape = Object.assign(Object.create(few) as Tape, { listings, priceAt: () => 1 })
const simulator = await startSimulator({ tape, venues: ['binance'], enforceLimits: false })
for (let i = 0; i < accounts; i++) {
  const { usdt, ...key } = keyOf(i)
  simulator.addAccount({ venue: 'binance', market: 'spot', ...key, balances: { USDT: usdt } })
}
answer({ url: () => simulator.url })

import { startSimulator } from '../simulator/simulator.ts'
import { openTape } from '../simulator/tape/tape.ts'
import { answer, settingsOf } from './child.ts'

/** The keys that orders are signed with; they open nothing but the bench's own simulator. */
export const benchKeys = { apiKey: 'bench-key', secret: 'bench-secret' }

if (import.meta.main) {
  const { folder } = settingsOf<{ folder: string }>()
  const tape = openTape('synthetic', { seed: 1, speed: 1, nowMs: Date.now() })
  const simulator = await startSimulator({ tape, home: folder, enforceLimits: false })
  const balances = { USDT: '1000000000', BTC: '1000' }
  simulator.addAccount({ venue: 'binance', market: 'spot', ...benchKeys, balances })
  answer({ url: () => simulator.url })
}

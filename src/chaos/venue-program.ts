import { runningClock } from '../simulator/clock.ts'
import { startSimulator } from '../simulator/simulator.ts'
import { syntheticTape } from '../simulator/tape/synthetic.ts'
import { announceReady } from '../supervisor/ready.ts'
import { holdMarket } from './venue.ts'

// The exchange simulator in a process of its own: `node venue-program.ts <seed> <home>`. It ends with its parent. All
// workers share one address, so the venue's limits on addresses are off. Prices stand still once it is told so.
const [seed = '1', home = ''] = process.argv.slice(2)
const tape = syntheticTape(Number(seed), Date.now())
const running = runningClock({ marketMs: Date.now(), speed: tape.speed, endsAt: tape.endsAt })
let heldAtMs: number | undefined
const simulator = await startSimulator({
  tape,
  home,
  clock: { ...running, marketNow: () => heldAtMs ?? running.marketNow() },
  enforceLimits: false,
  onError: (error) => console.error(error),
})
process.on('message', (message) => {
  if (message === holdMarket) heldAtMs ??= running.marketNow()
})
process.on('disconnect', () => process.exit(0))
announceReady({ url: simulator.url })

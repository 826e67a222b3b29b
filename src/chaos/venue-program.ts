import { startSimulator } from '../simulator/simulator.ts'
import { syntheticTape } from '../simulator/tape/synthetic.ts'
import { announceReady } from '../supervisor/ready.ts'

// The exchange simulator in a process of its own: `node venue-program.ts <seed> <home>`. It ends with its parent. All
// workers share one address, so the venue's limits on addresses are off.
const [seed = '1', home = ''] = process.argv.slice(2)
const simulator = await startSimulator({
  tape: syntheticTape(Number(seed), Date.now()),
  home,
  enforceLimits: false,
  onError: (error) => console.error(error),
})
process.on('disconnect', () => process.exit(0))
announceReady({ url: simulator.url })

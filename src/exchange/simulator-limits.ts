import { request } from 'undici'
import { z } from 'zod'
import { directAgent } from './public-agent.ts'
import { loopbackOrigin } from './route.ts'

const timeoutMs = 2_000
const health = z.object({ isLimited: z.boolean() })

/** Whether a simulator refuses what is beyond its venues' limits; one that does not say so is taken to. */
export async function enforcesLimits(simulatorUrl: string): Promise<boolean> {
  try {
    const { body } = await request(new URL('/__sim/health', loopbackOrigin(simulatorUrl)), {
      dispatcher: directAgent,
      signal: AbortSignal.timeout(timeoutMs),
    })
    return health.parse(await body.json()).isLimited
  } catch {
    return true
  }
}

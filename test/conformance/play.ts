import { afterAll, describe, test } from 'vitest'
import type { Exchange } from '#src/domain/market.ts'
import { castOf } from './behaviour.ts'
import { behaviours } from './behaviours/index.ts'
import { nameOf, places, rules } from './place.ts'
import { openStages } from './stage.ts'

/** Plays every behaviour on a venue's markets, under both readings of its rules. */
export async function play(exchange: Exchange): Promise<void> {
  for (const place of places.filter((one) => one.exchange === exchange)) {
    const stages = await openStages(place)
    afterAll(() => stages.close())
    describe.each(rules)(`${nameOf(place)}, %s`, (how) => {
      for (const behaviour of behaviours) {
        const { run, fact } = castOf(behaviour, place, nameOf(place))
        test(fact === undefined ? behaviour.name : `${behaviour.name} — not here, ${fact}`, async () => {
          await run(await stages.enter(how, behaviour))
        })
      }
    })
  }
}

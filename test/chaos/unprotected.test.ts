import { expect, test } from 'vitest'
import { bareTooLong } from '#src/chaos/unprotected.ts'

const bare = (seconds: number) => ({ positionId: 'p', fromMs: 1_000_000, toMs: 1_000_000 + seconds * 1_000 })
const exit = (afterSeconds: number, position = 'p', purpose = 'exit') => ({
  position_id: position,
  purpose,
  planned_ms: 1_000_000 + afterSeconds * 1_000,
})

test.each([
  ['a stretch of 30 s is none beyond it', [bare(30)], [], { long: 0, notClosing: 0 }],
  ['nobody closes', [bare(31)], [], { long: 1, notClosing: 1 }],
  ['its close was planned by then', [bare(60)], [exit(30)], { long: 1, notClosing: 0 }],
  ['its close came too late', [bare(60)], [exit(31)], { long: 1, notClosing: 1 }],
  ['a stop closes nothing by itself', [bare(60)], [exit(1, 'p', 'stop')], { long: 1, notClosing: 1 }],
  ["another position's close is not its own", [bare(60)], [exit(1, 'q')], { long: 1, notClosing: 1 }],
])('%s', (_, stretches, orders, found) => {
  expect(bareTooLong(stretches, orders)).toEqual(found)
})

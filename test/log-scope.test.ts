import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createLog } from '#src/log.ts'
import { inLogScope } from '#src/log-scope.ts'

function journal() {
  const lines: Record<string, unknown>[] = []
  const target = { write: (line: string) => void lines.push(JSON.parse(line)) }
  return { lines, log: createLog({ level: 'info', role: 'test', isPretty: false, target }) }
}

test('every line of a job or a request says which it belongs to, however deep and late it is written', async () => {
  const { lines, log } = journal()
  const work = async (text: string, ms: number) => {
    await sleep(ms)
    log.info(text)
  }
  await Promise.all([
    inLogScope({ queue: 'trading', job: 'trading-cycle', jobId: 'a' }, () => work('one', 20)),
    inLogScope({ queue: 'trading', job: 'trading-cycle', jobId: 'b' }, () => work('two', 5)),
    inLogScope({ requestId: 'r' }, () => work('three', 10)),
    work('four', 1),
  ])
  const said = Object.fromEntries(lines.map(({ msg, jobId, requestId }) => [msg, jobId ?? requestId]))
  expect(said).toEqual({ one: 'a', two: 'b', three: 'r', four: undefined })
})

test('what a line says itself is not overwritten, and an inner scope is the one that counts', () => {
  const { lines, log } = journal()
  inLogScope({ requestId: 'outer' }, () => {
    log.info({ requestId: 'own' }, 'x')
    inLogScope({ requestId: 'inner' }, () => log.info('y'))
    log.info('z')
  })
  expect(lines.map(({ requestId }) => requestId)).toEqual(['own', 'inner', 'outer'])
})

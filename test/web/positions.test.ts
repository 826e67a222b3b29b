import { beforeAll, describe, expect, test } from 'vitest'
import { asTenant } from '#db/client.ts'
import { saveEvaluations, watchedPositions } from '#db/monitored-positions.ts'
import { type TestWeb, testWeb } from '../support/web.ts'

let web: TestWeb
let ada: Record<string, string>
let ben: Record<string, string>
/** Ada's long: BTC/USDT at 67,412.5, its stop at 65,310 and trailing at 66,998.25. */
let long: string
/** Ben's short: SOL/USDT at 146.82, its stop at 151.9 and trailing at 148.29. */
let short: string

beforeAll(async () => {
  web = await testWeb()
  ada = { cookie: await web.signIn(web.ada) }
  ben = { cookie: await web.signIn(web.ben) }
  long = web.ada.openPositionIds[0] ?? ''
  short = web.ben.openPositionIds[0] ?? ''
  await web.database.query(`update monitored_positions set rules = $1`, [
    JSON.stringify({
      tick: { units: 1, scale: 100 },
      partials: [
        { profit: 0.01, fraction: 0.25 },
        { profit: 0.02, fraction: 0.5 },
      ],
      timeExitMs: 43_200_000,
    }),
  ])
})

async function send(method: string, path: string, who: Record<string, string>, body?: object) {
  const response = await fetch(`${web.origin}/api/v1${path}`, {
    method,
    headers: { ...who, origin: web.origin, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> }
}

const steer = (id: string, body: object, who = ada) => send('PATCH', `/positions/${id}`, who, body)

describe('where stop and target may not be put', () => {
  test.each([
    { why: 'a looser stop', body: { stopLoss: '65000' }, field: 'stopLoss' },
    { why: 'a stop below the trailing one', body: { stopLoss: '66998.24' }, field: 'stopLoss' },
    { why: 'a stop at the price', body: { stopLoss: '67412.5' }, field: 'stopLoss' },
    { why: 'a target at the price', body: { takeProfit: '67412.5' }, field: 'takeProfit' },
    { why: 'an absurd target', body: { takeProfit: '999999999' }, field: 'takeProfit' },
  ])('$why', async ({ body, field }) => {
    const { status, answer } = await steer(long, body)
    expect({ status, code: answer.code }).toEqual({ status: 422, code: 'out-of-bounds' })
    expect(answer.errors).toMatchObject([{ field, rule: expect.stringContaining('between') }])
  })

  test('a short, mirrored', async () => {
    expect((await steer(short, { stopLoss: '152' }, ben)).status).toBe(422)
    expect((await steer(short, { stopLoss: '146.82' }, ben)).status).toBe(422)
    expect((await steer(short, { takeProfit: '146.83' }, ben)).status).toBe(422)
  })

  test.each([
    {},
    { stopLoss: null },
    { stopLoss: 67_000 },
    { stopLoss: '-1' },
    { stopLoss: '1e9' },
    { other: '1' },
  ])('%j is no wish', async (body) => {
    expect(await steer(long, body)).toMatchObject({ status: 400, answer: { code: 'invalid-request' } })
  })

  test('one that has no price yet says so', async () => {
    const opening = web.ben.openPositionIds[1] ?? ''
    expect(await steer(opening, { stopLoss: '580' }, ben)).toMatchObject({
      status: 409,
      answer: { code: 'not-adjustable' },
    })
  })

  test('the database lets the web loosen no stop, whoever asks it', async () => {
    const loosen = asTenant(web.app, web.ada.id, (tx) =>
      tx.updateTable('monitored_positions').set({ stop_loss: '1' }).where('position_id', '=', long).execute(),
    )
    await expect(loosen).rejects.toMatchObject({
      code: '23514',
      message: expect.stringContaining('only tightens'),
    })
    const remove = asTenant(web.app, web.ada.id, (tx) =>
      tx
        .updateTable('monitored_positions')
        .set({ stop_loss: null })
        .where('position_id', '=', long)
        .execute(),
    )
    await expect(remove).rejects.toMatchObject({ code: '23514' })
  })
})

test('a stop is tightened on its tick, is said in the story and in the audit log, and no older view takes it back', async () => {
  const older = await watchedPositions(web.database.db(), 0)
  expect(await steer(long, { stopLoss: '67100.126' })).toMatchObject({
    status: 200,
    answer: { stopLoss: '67100.13', isTargetOwn: false },
  })
  await saveEvaluations(
    web.database.db(),
    older.map(({ state }) => ({ positionId: state.positionId, state, price: 67_412.5, trailingStop: null })),
  )
  const { answer } = await send('GET', `/positions/${long}`, ada)
  expect(answer).toMatchObject({
    stopLoss: '67100.13',
    stopRoom: { from: '67100.13', to: '67412.49' },
    levels: [
      { level: 1, price: '67146.01', fraction: 0.25, isTaken: true },
      { level: 2, price: '67810.82', fraction: 0.5, isTaken: false },
    ],
    timeExitAt: expect.any(String),
    changes: [
      { what: 'stop_loss', newStopLoss: '67100.13', action: 'tightened', reason: 'set by ada@example.test' },
    ],
  })
  const story = await send('GET', `/positions/${long}/story`, ada)
  expect(JSON.stringify(story.answer.timeline)).toContain(
    'The stop was tightened from 65310 to 67100.13: set by ada@example.test',
  )
  const audit = await send('GET', '/audit?action=position.adjust', ada)
  expect(audit.answer.items).toMatchObject([
    { action: 'position.adjust', target: `position ${long}`, facts: { stopLoss: '67100.13' } },
  ])
})

test('a target that a person set stays through re-evaluations, until they let it go', async () => {
  const later = async () => {
    const [watched] = (await watchedPositions(web.database.db(), 0)).filter(
      ({ state }) => state.positionId === long,
    )
    if (!watched) throw new Error('the position is not watched')
    const state = {
      ...watched.state,
      takeProfit: 69_000,
      reevaluatedAtMs: watched.state.reevaluatedAtMs + 300_000,
    }
    await saveEvaluations(web.database.db(), [
      { positionId: long, state, price: 67_412.5, trailingStop: null },
    ])
    return (await send('GET', `/positions/${long}`, ada)).answer
  }
  expect(await steer(long, { takeProfit: '70000' })).toMatchObject({
    status: 200,
    answer: { takeProfit: '70000', isTargetOwn: true },
  })
  expect(await later()).toMatchObject({ takeProfit: '70000', isTargetOwn: true })
  expect(await steer(long, { takeProfit: null })).toMatchObject({
    status: 200,
    answer: { isTargetOwn: false },
  })
  expect(await later()).toMatchObject({ takeProfit: '69000', isTargetOwn: false })
})

describe('closing one', () => {
  const close = (id: string, who = ben) => send('POST', `/positions/${id}/close`, who)

  test('is a wish in the database, however often it is asked for', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => close(short)))
    expect(all.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 202))
    expect(all.filter(({ answer }) => answer.isNew)).toHaveLength(1)
    const rows = await web.database.query(
      'select user_id, position_id, asked_by, ended_at from close_requests',
    )
    expect(rows).toEqual([
      { user_id: web.ben.id, position_id: short, asked_by: 'ben@example.test', ended_at: null },
    ])
    expect((await send('GET', `/positions/${short}`, ben)).answer).toMatchObject({
      closing: { askedBy: 'ben@example.test', waitsFor: null },
    })
  })

  test('that is over is said to be, with where its story is', async () => {
    const [{ id } = { id: '' }] = await web.database.query<{ id: string }>(
      `select id from positions where state = 'closed' and user_id = $1 limit 1`,
      [web.ben.id],
    )
    for (const answered of [
      await close(id),
      await steer(id, { stopLoss: '1' }, ben),
      await send('GET', `/positions/${id}`, ben),
    ])
      expect(answered).toMatchObject({
        status: 410,
        answer: { code: 'position-closed', advice: expect.stringContaining(id) },
      })
    expect(await send('GET', `/positions/${id}/story`, ben)).toMatchObject({
      status: 200,
      answer: { state: 'closed' },
    })
  })
})

test('a trade tells its story from its signal to its exit', async () => {
  const [{ id, position_id } = { id: '', position_id: '' }] = await web.database.query<{
    id: string
    position_id: string
  }>(`select id, position_id from trades where user_id = $1 order by closed_at desc limit 1`, [web.ada.id])
  const [decision] = await web.database.query<{ id: string; signal_id: string }>(
    `select id, signal_id from decisions where user_id = $1 and outcome = 'taken'`,
    [web.ada.id],
  )
  await web.database.query(`update positions set decision_id = $2, signal_id = $3 where id = $1`, [
    position_id,
    decision?.id,
    decision?.signal_id,
  ])
  await web.database.query(
    `insert into protection_gaps (user_id, position_id, kind, reason, began_at, ended_at)
     values ($1, $2, 'no_stop', 'no stop for all of it rests at the exchange', now() - interval '90 minutes', now() - interval '89 minutes')`,
    [web.ada.id, position_id],
  )
  const { status, answer } = await send('GET', `/trades/${id}/story`, ada)
  expect(status).toBe(200)
  expect(answer).toMatchObject({
    positionId: position_id,
    signal: {
      source: 'COUNCIL_V2.0_FALLBACK',
      votes: expect.arrayContaining([expect.objectContaining({ seat: 'cio' })]),
    },
    decision: {
      outcome: 'taken',
      steps: expect.arrayContaining([expect.objectContaining({ name: 'size' })]),
    },
    gaps: [{ kind: 'no_stop' }],
    trade: { id, closeReason: 'trailing_stop' },
  })
  const told = (answer.timeline as { kind: string; text: string }[])
    .map(({ kind, text }) => `${kind}: ${text}`)
    .join('\n')
  expect(told).toContain('signal: COUNCIL_V2.0_FALLBACK said BUY BTC/USDT with a confidence of 47.00 %')
  expect(told).toContain('gap: Protected again after 60.0 s')
  expect(told).toContain('trade: Closed (trailing stop): +')
})

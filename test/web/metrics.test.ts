import { afterAll, beforeAll, expect, test } from 'vitest'
import { venueErrors } from '#src/metrics.ts'
import { type Listening, listen } from '#src/web/listen.ts'
import { answerMetrics } from '#src/web/metrics.ts'

const token = 'a token of the one who measures'
let open: Listening
let closed: Listening

beforeAll(async () => {
  open = await listen(answerMetrics(token), 0)
  closed = await listen(answerMetrics(undefined), 0)
})
afterAll(async () => {
  await open.close()
  await closed.close()
})

/** Asked through a proxy on this machine for somebody elsewhere. */
const forwarded = { 'x-forwarded-for': '203.0.113.7' }

test.each([
  ['from elsewhere without a token', forwarded],
  ['from elsewhere with another token', { ...forwarded, authorization: `Bearer ${token}!` }],
  ['from elsewhere with the token and no scheme', { ...forwarded, authorization: token }],
  ['for somebody else by another header', { forwarded: 'for=203.0.113.7' }],
  ['for somebody else by a third one', { 'x-real-ip': '203.0.113.7' }],
])('metrics are refused %s', async (_, headers) => {
  const response = await fetch(`http://127.0.0.1:${open.port}/metrics`, { headers })
  expect(response.status).toBe(401)
  expect(await response.text()).toMatch(/METRICS_TOKEN/)
})

test('without METRICS_TOKEN no token opens them, the empty one least of all', async () => {
  for (const authorization of ['Bearer ', 'Bearer undefined']) {
    const headers = { ...forwarded, authorization }
    expect((await fetch(`http://127.0.0.1:${closed.port}/metrics`, { headers })).status).toBe(401)
  }
})

test.each([
  ['this machine', {}],
  ['elsewhere with the token', { ...forwarded, authorization: `Bearer ${token}` }],
])('metrics are told to %s', async (_, headers) => {
  venueErrors.inc({ exchange: 'binance', kind: 'place', code: 'venue-down' })
  const response = await fetch(`http://127.0.0.1:${open.port}/metrics`, { headers })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  expect(await response.text()).toMatch(
    /^bullpen_venue_errors_total\{exchange="binance",kind="place",code="venue-down"\} \d+$/m,
  )
})

import { describe, expect, test } from 'vitest'
import type { VenueCode } from '#src/errors.ts'
import type { Meaning } from '#src/exchange/meaning.ts'
import { isAnswer, meaningOf, textOf } from '#src/exchange/venues/kraken-answers.ts'

const saying = (...error: string[]) => ({
  status: 200,
  body: { error },
  text: JSON.stringify({ error }),
  retryAfterMs: undefined,
})

describe('what is certain', () => {
  const cases: [text: string, proves: Meaning['proves'], code: VenueCode][] = [
    ['EOrder:Insufficient funds', 'rejected', 'insufficient-funds'],
    ['EOrder:Insufficient funds (insufficient user funds)', 'rejected', 'insufficient-funds'],
    ['EOrder:Margin level too low', 'rejected', 'margin-level-too-low'],
    ['EOrder:Insufficient margin', 'rejected', 'margin-level-too-low'],
    ['EOrder:Insufficient margin (exceeded aggregate margin limit)', 'rejected', 'margin-level-too-low'],
    ['EOrder:Margin allowance exceeded', 'rejected', 'other'],
    ['EOrder:Reduce only:No position exists', 'rejected', 'reduce-only-not-valid'],
    ['EOrder:Reduce only:Position is closed', 'rejected', 'reduce-only-not-valid'],
    ['EGeneral:Invalid arguments:reduce_only', 'rejected', 'reduce-only-not-valid'],
    ['EGeneral:Invalid arguments:volume minimum not met', 'rejected', 'filter'],
    ['EGeneral:Invalid arguments:deadline', 'rejected', 'other'],
    ['EOrder:Order minimum not met', 'rejected', 'filter'],
    ['EOrder:Cost minimum not met', 'rejected', 'filter'],
    ['EOrder:Tick size check failed', 'rejected', 'filter'],
    ['EOrder:Invalid price:XBTUSDT price can only be specified up to 1 decimals.', 'rejected', 'filter'],
    ['EOrder:Post only order', 'rejected', 'other'],
    ['EOrder:Orders limit exceeded', 'rejected', 'other'],
    ['EQuery:Unknown asset pair', 'rejected', 'other'],
    ['EGeneral:Permission denied', 'rejected', 'invalid-key'],
    ['EAPI:Invalid key', 'rejected', 'invalid-key'],
    ['EAPI:Invalid signature', 'rejected', 'invalid-key'],
    ['ETrade:Locked', 'rejected', 'other'],
    ['EAccount:Invalid permissions:BTC trading restricted', 'rejected', 'other'],
    ['EOrder:Unknown order', 'absent', 'other'],
    ['EAPI:Invalid nonce', 'not-now', 'other'],
    ['EAPI:Rate limit exceeded', 'not-now', 'rate-limited'],
    ['EOrder:Rate limit exceeded', 'not-now', 'rate-limited'],
    ['EOrder:Domain rate limit exceeded', 'not-now', 'rate-limited'],
    ['EGeneral:Temporary lockout', 'not-now', 'rate-limited'],
    ['EGeneral:Too many requests', 'not-now', 'rate-limited'],
    ['EService:Market in cancel_only mode', 'not-now', 'venue-down'],
    ['EService:Market in post_only mode', 'not-now', 'venue-down'],
    ['EService:Deadline elapsed', 'not-now', 'clock-skew'],
    // However it is said that an id is taken, it is asked about.
    ['EOrder:cl_ord_id already in use', 'duplicate', 'duplicate'],
    ['EOrder:Duplicate cl_ord_id', 'duplicate', 'duplicate'],
    ['EGeneral:Invalid arguments:cl_ord_id', 'duplicate', 'duplicate'],
  ]
  test.each(cases)('%s', (text, proves, code) => {
    expect(meaningOf(saying(text))).toMatchObject({ proves, code })
    expect(textOf(saying(text))).toBe(text)
  })

  test('whom a limit concerns: counters the account, crowds the address', () => {
    expect(meaningOf(saying('EAPI:Rate limit exceeded'))?.whose).toBe('account')
    expect(meaningOf(saying('EGeneral:Temporary lockout'))).toMatchObject({
      whose: 'account',
      retryAfterMs: 900_000,
    })
    expect(meaningOf(saying('EGeneral:Too many requests'))?.whose).toBe('ip')
    const atTheEdge = { status: 429, body: undefined, text: '<html>', retryAfterMs: 5_000 }
    expect(meaningOf(atTheEdge)).toMatchObject({ proves: 'not-now', whose: 'ip' })
  })
})

describe('what proves nothing', () => {
  test.each([
    'EService:Unavailable',
    'EService:Busy',
    'EService:Timeout',
    'EGeneral:Internal error',
    'EGeneral:Unknown error',
    'EDatabase:Internal error',
    'EOrder:Something new',
    '',
  ])('"%s"', (text) => {
    expect(meaningOf(saying(text))).toBeUndefined()
  })

  test('a known text behind a server’s error, and beside one that is not known', () => {
    expect(meaningOf({ ...saying('EOrder:Insufficient funds'), status: 520 })).toBeUndefined()
    expect(meaningOf(saying('EOrder:Insufficient funds', 'EService:Busy'))).toBeUndefined()
    expect(meaningOf(saying('WOrder:Something', 'EOrder:Insufficient funds'))?.proves).toBe('rejected')
    expect(meaningOf({ ...saying(), body: undefined })).toBeUndefined()
    expect(meaningOf({ ...saying(), body: { error: [] } })).toBeUndefined()
  })

  test('an answer is whole with an empty list of errors and a result', () => {
    expect(isAnswer({ error: [], result: {} })).toBe(true)
    for (const body of [
      {},
      { error: [] },
      { result: {} },
      { error: [], result: null },
      { error: {}, result: {} },
    ])
      expect(isAnswer(body)).toBe(false)
  })
})

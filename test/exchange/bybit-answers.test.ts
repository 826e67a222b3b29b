import { expect, test } from 'vitest'
import { meaningOf, textOf } from '#src/exchange/venues/bybit-answers.ts'

const answer = (retCode: number, retMsg: string, status = 200) => ({
  status,
  body: { retCode, retMsg, result: {}, time: 1 },
  text: retMsg,
  retryAfterMs: undefined,
})

test.each([
  [110007, 'ab not enough for new order', 'rejected', 'insufficient-funds'],
  [170131, 'Insufficient balance.', 'rejected', 'insufficient-funds'],
  [110017, 'Reduce-only rule not satisfied', 'rejected', 'reduce-only-not-valid'],
  [110094, 'Order does not meet minimum order value 5USDT', 'rejected', 'filter'],
  [170140, 'Order value exceeded lower limit.', 'rejected', 'filter'],
  [10001, 'Qty invalid', 'rejected', 'filter'],
  [10001, 'The number of contracts exceeds minimum limit allowed', 'rejected', 'filter'],
  [10001, 'params error: category invalid', 'rejected', 'other'],
  [10003, 'API key is invalid.', 'rejected', 'invalid-key'],
  [33004, 'Your api key has expired.', 'rejected', 'invalid-key'],
  [10002, 'invalid request, please check your timestamp', 'not-now', 'clock-skew'],
  [10006, 'Too many visits!', 'not-now', 'rate-limited'],
  [110072, 'OrderLinkedID is duplicate', 'duplicate', 'duplicate'],
  [170141, 'Duplicate clientOrderId', 'duplicate', 'duplicate'],
  [110001, 'order not exists or too late to cancel', 'absent', 'other'],
  [170213, 'Order does not exist.', 'absent', 'other'],
  [110043, 'leverage not modified', 'unchanged', 'other'],
])('%i %s is %s', (code, text, proves, ours) => {
  expect(meaningOf(answer(code, text))).toMatchObject({ proves, code: ours })
})

test.each([
  [10000, 'Server Timeout'],
  [10014, 'Invalid duplicate request.'],
  [10016, 'Server error.'],
  [170007, 'Timeout waiting for response from backend server.'],
  [170146, 'Order creation timeout'],
  [170032, 'Network error. Please try again later'],
  [429, 'The trading service is experiencing a high server load.'],
  [999999, 'something new'],
])('%i %s proves nothing', (code, text) => {
  expect(meaningOf(answer(code, text))).toBeUndefined()
})

test('a code behind an HTTP error proves nothing, and neither does a body without one', () => {
  expect(meaningOf(answer(110007, 'ab not enough', 502))).toBeUndefined()
  expect(meaningOf({ status: 200, body: {}, text: '{}', retryAfterMs: undefined })).toBeUndefined()
  expect(meaningOf({ status: 503, body: undefined, text: '', retryAfterMs: undefined })).toBeUndefined()
  expect(
    meaningOf({ status: 403, body: undefined, text: 'Forbidden', retryAfterMs: undefined }),
  ).toBeUndefined()
})

test('an address beyond its limit waits ten minutes', () => {
  const banned = { status: 403, body: undefined, text: 'access too frequent', retryAfterMs: undefined }
  expect(meaningOf(banned)).toMatchObject({ proves: 'not-now', whose: 'ip', retryAfterMs: 600_000 })
})

test('the words of a wrong signature repeat what was signed: that is left out', () => {
  const text = textOf(answer(10004, 'error sign! origin_string[17key-of-somebody5000{"qty":"1"}]'))
  expect(text).toBe('error sign! (10004)')
})

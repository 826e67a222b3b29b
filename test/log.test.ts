import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLog, prettyLines } from '#src/log.ts'
import { hidden, isSecretName, redactText } from '#src/redact.ts'

const secret = 'qJ8vXk2LmN4pR6tW'

function logged(say: (log: ReturnType<typeof createLog>) => void, options: object = {}): string {
  const lines: string[] = []
  const target = { write: (line: string) => void lines.push(line) }
  say(createLog({ level: 'trace', role: 'test', isPretty: false, target, ...options }))
  return lines.join('')
}

function venueError(message = 'it failed'): Error {
  return Object.assign(new Error(message), {
    config: { headers: { 'X-MBX-APIKEY': secret } },
    request: { headers: { authorization: `Bearer ${secret}` } },
  })
}

test.each<[string, (log: ReturnType<typeof createLog>) => void]>([
  ['a key at the top', (log) => log.info({ apiKey: secret }, 'x')],
  ['a key four levels down', (log) => log.info({ a: { b: { c: { d: { apiSecret: secret } } } } }, 'x')],
  ['keys in a list', (log) => log.info({ accounts: [{ secret }, { secret }] }, 'x')],
  ['a list under a secret name', (log) => log.info({ apiKeys: [secret] }, 'x')],
  ['an object under a secret name', (log) => log.info({ credentials: { a: secret } }, 'x')],
  ['a query string', (log) => log.info(`GET https://h/order?symbol=A&signature=${secret}`)],
  ['a query string with a key', (log) => log.info(`GET https://h/order?apiKey=${secret}&x=1`)],
  ['an encoded query string', (log) => log.info(`GET https://h/x?next=%2Forder%3Fapikey%3D${secret}`)],
  ['JSON inside a text', (log) => log.info(`sent {"api_secret":"${secret}"}`)],
  ['JSON inside JSON inside a text', (log) => log.info(JSON.stringify(JSON.stringify({ secret })))],
  ['a header in a text', (log) => log.info(`X-MBX-APIKEY: ${secret}`)],
  ['a bearer token', (log) => log.info(`Bearer ${secret}`)],
  ['an authorization header', (log) => log.info(`authorization: Basic ${secret}`)],
  ['a password in an address', (log) => log.info(`postgres://me:${secret}@h/db`)],
  ['a password with an @ in an address', (log) => log.info(`redis://:p@${secret}@h`)],
  ['a bot address', (log) => log.info(`https://api.telegram.org/bot12:${secret}/getMe`)],
  ['an error message', (log) => log.error(venueError(`binance?signature=${secret}`), 'x')],
  ['what libraries hang onto errors', (log) => log.error({ err: venueError() }, 'x')],
  ['an error under another name', (log) => log.error({ error: venueError() }, 'x')],
  ['a cause', (log) => log.error(new Error('x', { cause: venueError(`secret=${secret}`) }))],
  [
    'a request',
    (log) => log.info({ req: { method: 'GET', url: `/x?token=${secret}`, headers: { cookie: secret } } }),
  ],
  ['a binding of a child', (log) => log.child({ password: secret }).info('x')],
  ['a name that holds it', (log) => log.info({ [`token=${secret}`]: 1 }, 'x')],
  ['OKX headers', (log) => log.info({ h: { 'OK-ACCESS-SIGN': secret, 'OK-ACCESS-KEY': secret } })],
  ['Kraken headers', (log) => log.info({ h: { 'API-Key': secret, 'API-Sign': secret } })],
  ['Bybit headers', (log) => log.info({ h: { 'X-BAPI-SIGN': secret, 'X-BAPI-API-KEY': secret } })],
  ['a listen key', (log) => log.info({ listenKey: secret }, `listenKey=${secret}`)],
])('no secret passes: %s', (_, say) => {
  for (const isPretty of [false, true]) {
    const text = logged(say, { isPretty })
    expect(text).not.toContain(secret)
    expect(text).not.toBe('')
  }
})

test('a known secret is hidden wherever it stands', () => {
  const text = logged(
    (log) => log.warn({ note: `why ${secret}?`, deep: [{ x: secret }] }, `it is ${secret}`),
    {
      secrets: [secret],
    },
  )
  expect(text).not.toContain(secret)
  expect(text).toContain(`it is ${hidden}`)
})

test('a value under a secret name never passes, however deep and whatever stands around it', () => {
  const names = fc.constantFrom(
    'apiKey',
    'api_secret',
    'SECRET',
    'password',
    'X-MBX-APIKEY',
    'refreshToken',
    'signature',
  )
  const wrap = fc.array(fc.constantFrom('object', 'list', 'text', 'error'), { maxLength: 5 })
  fc.assert(
    fc.property(names, wrap, fc.base64String({ minLength: 24 }), (name, layers, random) => {
      const value = random.replaceAll('=', '')
      let body: unknown = { [name]: value }
      for (const layer of layers) {
        if (layer === 'object') body = { inner: body }
        else if (layer === 'list') body = [body, 1]
        else if (layer === 'text') body = typeof body === 'string' ? `says ${body}` : JSON.stringify(body)
        else body = { err: new Error(typeof body === 'string' ? body : JSON.stringify(body)) }
      }
      expect(logged((log) => log.info({ body }, 'x'))).not.toContain(value)
    }),
  )
})

test('what is not secret is left alone', () => {
  const text = logged((log) =>
    log.info({ symbol: 'BTC/USDT', pnl: '-1.5', idempotencyKey: 'k', note: null }, '📈 TRAILING STOP'),
  )
  expect(JSON.parse(text)).toMatchObject({
    level: 'info',
    role: 'test',
    symbol: 'BTC/USDT',
    pnl: '-1.5',
    idempotencyKey: 'k',
    note: null,
    msg: '📈 TRAILING STOP',
  })
})

test('an error is told by type, message, code, advice, stack and causes', () => {
  const cause = new Error('socket hang up')
  const error = Object.assign(new Error('no answer', { cause }), { code: 'venue-down', advice: 'waited' })
  const { err } = JSON.parse(logged((log) => log.error(error)))
  expect(err).toMatchObject({
    type: 'Error',
    message: 'no answer',
    code: 'venue-down',
    advice: 'waited',
    cause: { message: 'socket hang up' },
  })
  expect(err.stack).toContain('log.test.ts')
})

test('an error that causes itself is told and ends', () => {
  const error = new Error('round')
  error.cause = error
  expect(JSON.parse(logged((log) => log.error(error))).err.cause.cause.message).toBe('round')
})

test('lines below the level are not written', () => {
  expect(logged((log) => log.info('quiet'), { level: 'warn' })).toBe('')
})

test('people read one line per event, machines one JSON object', () => {
  const line = logged((log) => log.warn({ symbol: 'ETH/USDT' }, '🛑 STOP LOSS TRIGGERED'))
  expect(prettyLines({ isColoured: false })(line)).toMatch(
    /^\[\d\d:\d\d:\d\d\] WARN: 🛑 STOP LOSS TRIGGERED \{"symbol":"ETH\/USDT"\}\n$/,
  )
})

test('names are secret whatever their case and dashes', () => {
  for (const name of ['API-Key', 'api_key', 'APIKEY', 'sign', 'Set-Cookie', 'botToken'])
    expect(isSecretName(name)).toBe(true)
  for (const name of ['symbol', 'design', 'assigned', 'key', 'clientOrderId'])
    expect(isSecretName(name)).toBe(false)
})

test('a long and hostile text does not hold up the log', () => {
  const text = `${'secret'.repeat(20_000)} ${'a://b:'.repeat(20_000)} ${'"\\'.repeat(20_000)}`
  expect(redactText(text).length).toBeGreaterThan(0)
})

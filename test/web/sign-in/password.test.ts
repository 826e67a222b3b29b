import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deviceOf } from '#src/web/sign-in/device.ts'
import { weaknessOf } from '#src/web/sign-in/password.ts'

const owner = { email: 'margarethe@example.test', name: 'Margarethe Hölzl' }

describe('a password is refused', () => {
  test.each([
    ['eleven letters', 'tkqwzopvbnj', 'must have 12 to 128 characters, not 11'],
    ['a novel', 'tkqwz opvbn '.repeat(11), 'must have 12 to 128 characters, not 132'],
    ['the address', 'margarethe@example.test', 'must not be made of your address or name'],
    ['the address and a year', 'Margarethe2024', 'must not be made of your address or name'],
    ['the name', 'MargaretheHölzl!', 'must not be made of your address or name'],
    ['the first of every list', 'Password1234', 'is among the first'],
    ['with signs between', 'pass.word-12.34', 'is among the first'],
    ['the keyboard', 'qwertyuiop123', 'is among the first'],
    ['one letter', 'aaaaaaaaaaaaaa', 'is among the first'],
    ['a piece again and again', 'xyxyxyxyxyxyxy', 'is among the first'],
    ['digits in order', '123456789012', 'is among the first'],
    ['the example of everybody', 'correct horse battery staple', 'is among the first'],
    ['what this is about', 'BitcoinBinance2026', 'is among the first'],
  ])('%s', (_, password, why) => {
    expect(weaknessOf(password, owner)).toContain(why)
  })
})

test.each(['correct horse battery', 'kVb8-x2Qm_Lr', 'pflaume regen tür', '九月的雨下了很久很久没有停'])(
  'a good one is taken: %s',
  (password) => {
    expect(weaknessOf(password, owner)).toBeUndefined()
  },
)

test('what is made up by chance is taken, whoever it is for', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      // 22 characters; a run or a repetition long enough to matter does not come by chance.
      const made = Buffer.from(bytes.map((byte, place) => (byte * 31 + place * 101) % 256)).toString(
        'base64url',
      )
      fc.pre(new Set(made).size >= 12)
      expect(weaknessOf(made, owner)).toBeUndefined()
    }),
  )
})

test('no text at all breaks the rule', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.string({ maxLength: 40 }),
      (password, name) => {
        const weakness = weaknessOf(password, { email: name, name })
        expect(weakness === undefined || weakness.startsWith('must') || weakness.startsWith('is')).toBe(true)
      },
    ),
  )
})

test.each([
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
    'Edge on Windows',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1',
    'Safari on iPhone',
  ],
  [
    'Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
    'Chrome on Android',
  ],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
  ['curl/8.9', 'A program'],
  ['', 'A program'],
])('%s is %s', (agent, device) => {
  expect(deviceOf(agent)).toBe(device)
})

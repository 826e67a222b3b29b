/** Characters of a password; the upper end bounds what one hash may cost. */
export const passwordLength = { min: 12, max: 128 } as const

/** Whether somebody may be called that: 1 to 80 characters in one line. */
export function isName(name: string): boolean {
  return name.trim().length >= 1 && name.length <= 80 && !/\p{Cc}/u.test(name)
}

/** Characters that must be left once everything that guessers try first is taken out. */
const ownCharacters = 6

/** Pieces that lists of leaked passwords are made of, longest first. */
const commonPieces = [
  'correcthorsebatterystaple',
  'qwertyuiop',
  '1q2w3e4r5t',
  'qazwsxedc',
  'asdfghjkl',
  'changeme',
  'football',
  'iloveyou',
  'password',
  'passw0rd',
  'p@ssw0rd',
  'princess',
  'sunshine',
  'superman',
  'trustno1',
  'zaq12wsx',
  'baseball',
  'bitcoin',
  'binance',
  'bullpen',
  'letmein',
  'michael',
  'trading',
  'welcome',
  'zxcvbnm',
  'charlie',
  '1q2w3e',
  'abc123',
  'batman',
  'crypto',
  'dragon',
  'kraken',
  'master',
  'monkey',
  'qwerty',
  'qwertz',
  'secret',
  'shadow',
  'admin',
  'bybit',
  'hello',
  'login',
  'money',
  'trader',
]

/**
 * Why a password will not do, as what follows "the password …"; undefined when it will. What it is made of besides the
 * owner's address and name and well-known pieces, runs and repetitions must be enough by itself.
 */
export function weaknessOf(
  password: string,
  owner: { readonly email: string; readonly name?: string | undefined },
): string | undefined {
  const { min, max } = passwordLength
  const { length } = password
  if (length < min || length > max) return `must have ${min} to ${max} characters, not ${length}`
  const pieces = [owner.email, ...owner.email.split('@'), ...(owner.name ?? '').split(/\s+/)]
  const own = pieces.filter((piece) => piece.length >= 3)
  if (ownPart(password, own) >= ownCharacters) return undefined
  return ownPart(password, []) >= ownCharacters
    ? 'must not be made of your address or name'
    : 'is among the first that are guessed: take four words that do not belong together'
}

/** Characters that are left without the pieces, runs such as 4567 or dcba, and repetitions. */
function ownPart(password: string, pieces: readonly string[]): number {
  let rest = password.toLowerCase()
  for (const piece of pieces) rest = rest.replaceAll(piece.toLowerCase(), '')
  rest = rest.replace(/[\s._-]/g, '')
  for (const piece of commonPieces) rest = rest.replaceAll(piece, '')
  rest = rest.replace(/(.{1,4}?)\1{2,}/g, '$1')
  return withoutRuns(rest)
}

/** Counts characters, a run of neighbours (1234, edcb, aaaa) as one. */
function withoutRuns(text: string): number {
  const codes = Array.from(text, (character) => character.codePointAt(0) ?? 0)
  return codes.filter((code, place) => {
    const step = code - (codes[place - 1] ?? Number.NaN)
    return !(Math.abs(step) <= 1)
  }).length
}

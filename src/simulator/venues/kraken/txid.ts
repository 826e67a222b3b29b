import { createHash } from 'node:crypto'

/** What an id names: an order, a trade, or a line of the ledger. Its first letter says so. */
export type TxidKind = 'O' | 'T' | 'L'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const bits = 40n
const mask = (1n << bits) - 1n
const factor = 0x9e3779b97fn // odd, so that it has an inverse; neighbours come out far apart
const inverse = inverseOf(factor)

/** The venue's form of a number below 2^40, such as OXM2QD-EALR2-YBAVEU. Another number never has the same. */
export function txidOf(kind: TxidKind, number: number): string {
  let value = (BigInt(number) * factor) & mask
  let own = ''
  for (let digit = 0; digit < 8; digit += 1) {
    own = alphabet[Number(value & 31n)] + own
    value >>= 5n
  }
  const text = kind + own + tail(kind, own)
  return `${text.slice(0, 6)}-${text.slice(6, 11)}-${text.slice(11)}`
}

/** The number behind an id; undefined for what is none of this kind. */
export function numberOf(kind: TxidKind, txid: string): number | undefined {
  if (!/^[A-Z2-7]{6}-[A-Z2-7]{5}-[A-Z2-7]{6}$/.test(txid) || !txid.startsWith(kind)) return undefined
  const own = txid.replaceAll('-', '').slice(1, 9)
  let value = 0n
  for (const letter of own) value = (value << 5n) | BigInt(alphabet.indexOf(letter))
  const number = Number((value * inverse) & mask)
  return txidOf(kind, number) === txid ? number : undefined
}

/** Letters that follow from the others: a mistyped id names nothing. */
function tail(kind: TxidKind, own: string): string {
  const digest = createHash('sha256')
    .update(kind + own)
    .digest()
  return Array.from({ length: 8 }, (_, index) => alphabet[(digest[index] ?? 0) & 31]).join('')
}

/** x with factor · x = 1 modulo 2^40, by Newton's iteration. */
function inverseOf(odd: bigint): bigint {
  let found = odd
  for (let step = 0; step < 6; step += 1) found = (found * (2n - odd * found)) & mask
  return found & mask
}

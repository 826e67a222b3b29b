import type { SignedCall } from './call.ts'
import { findInstrumentOf } from './call.ts'
import { wireSymbol } from './instruments.ts'

const types = {
  deposit: 'TRANSFER',
  withdrawal: 'TRANSFER',
  airdrop: 'WELCOME_BONUS',
  dust: 'COIN_SWAP_DEPOSIT',
  funding: 'FUNDING_FEE',
  insurance: 'INSURANCE_CLEAR',
} as const

/** GET /fapi/v1/income: what moved without an execution; executions tell their own income. */
export function income(call: SignedCall) {
  const { account, parameters } = call
  const from = parameters.findInteger('startTime') ?? 0
  const to = parameters.findInteger('endTime') ?? Number.POSITIVE_INFINITY
  const limit = Math.min(parameters.findInteger('limit') ?? 100, 1_000)
  const wanted = parameters.find('incomeType')
  const symbol = findInstrumentOf(call, 'futures')?.symbol
  return account.transfers
    .map((transfer, index) => ({ transfer, tranId: index + 1 }))
    .filter(({ transfer }) => transfer.at >= from && transfer.at <= to)
    .filter(({ transfer }) => (wanted ?? types[transfer.reason]) === types[transfer.reason])
    .filter(({ transfer }) => symbol === undefined || transfer.symbol === symbol)
    .slice(0, limit)
    .map(({ transfer, tranId }) => ({
      symbol: transfer.symbol === undefined ? '' : wireSymbol(transfer.symbol),
      incomeType: types[transfer.reason],
      income: transfer.amount,
      asset: transfer.asset,
      time: transfer.at,
      info: '',
      tranId,
      tradeId: '',
    }))
}

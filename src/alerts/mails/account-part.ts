import type { Db } from '#db/client.ts'
import { equityOver, type ReportedAccount, type ReportedEquity } from '#db/reports.ts'
import type { Span } from '../../domain/alerts/days.ts'
import { Decimal } from '../../domain/decimal.ts'
import type { Mail } from '../desk.ts'
import { equityChart } from './equity-chart.ts'
import { change, gain, money } from './figures.ts'

const points = 240

/** An account in a report: what it is worth, how that has changed, and the curve. */
export interface AccountPart {
  readonly name: string
  readonly kind: string
  readonly paused: string | null
  readonly equity: string
  readonly change: string
  readonly isUp: boolean
  /** The content id of its curve; null when there is none. */
  readonly image: string | null
  readonly alt: string
}

/** Reads an account's curve over a span and draws it. */
export async function accountPart(
  db: Db,
  account: ReportedAccount,
  { span, labelOf }: { readonly span: Span; readonly labelOf: (atMs: number) => string },
): Promise<{
  readonly part: AccountPart
  readonly image: Mail['images'][number] | undefined
  readonly last: ReportedEquity | undefined
}> {
  const curve = await equityOver(db, account.id, span, points)
  const first = curve[0]
  const last = curve.at(-1)
  const labels = { from: labelOf(first?.atMs ?? span.fromMs), until: labelOf(last?.atMs ?? span.untilMs) }
  const cid = `equity-${account.id}@bullpen`
  const png = equityChart(
    curve.map(({ atMs, equity }) => ({ atMs, value: Number(equity) })),
    { ...labels, valueOf: (value) => money(String(value), '').trim() },
  )
  const grown = first && last ? new Decimal(last.equity).minus(first.equity) : undefined
  const ratio = first && grown && new Decimal(first.equity).gt(0) ? grown.div(first.equity).toNumber() : 0
  const equity = last ? money(last.equity, account.quote) : 'not known yet'
  const changed = grown ? `${gain(grown.toString(), account.quote)} (${change(ratio)})` : ''
  return {
    part: {
      name: account.name,
      kind: `${account.exchange} ${account.market}, ${account.mode}`,
      paused: account.status === 'active' ? null : (account.statusReason ?? account.status),
      equity,
      change: changed,
      isUp: grown?.gte(0) ?? true,
      image: png ? cid : null,
      alt: `Equity of ${account.name} from ${labels.from} to ${labels.until}: ${equity}, ${changed}`,
    },
    image: png && { cid, png },
    last,
  }
}

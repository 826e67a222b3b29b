import type { AccountOverview } from '../../api/overview.ts'

/** What the pages show: one account, or all of one mode and one currency together. */
export interface ShownAccount extends AccountOverview {
  /** The accounts it stands for; one, unless it is a group. */
  readonly members: readonly AccountOverview[]
}

/** Everything that can be shown: groups first, where there is more than one account to add up. Real and play money never meet. */
export function choicesOf(accounts: readonly AccountOverview[]): ShownAccount[] {
  const groups = Object.values(Object.groupBy(accounts, ({ mode, quote }) => `${mode} ${quote}`))
  return [
    ...groups.flatMap((members) => (members && members.length > 1 ? [groupOf(members)] : [])),
    ...accounts.map((account) => ({ ...account, members: [account] })),
  ]
}

const modeNames = { paper: 'paper', testnet: 'testnet', live: 'live' } as const

/** The sums are for the eye; each account's own numbers are the books'. */
function groupOf(members: readonly AccountOverview[]): ShownAccount {
  const [first] = members
  if (!first) throw new Error('a group has accounts')
  const total = (value: (account: AccountOverview) => string | number | null) =>
    members.reduce((sum, account) => sum + Number(value(account) ?? 0), 0)
  const isKnown = members.every(({ equity }) => equity !== null)
  const equity = isKnown ? total((account) => account.equity) : null
  const todayPnl = isKnown ? total((account) => account.todayPnl) : null
  return {
    ...first,
    id: `all ${first.mode} ${first.quote}`,
    name: `All ${modeNames[first.mode]} accounts, ${first.quote}`,
    status: 'active',
    statusReason: null,
    equity: textOf(equity),
    equityAt: earliest(members.map(({ equityAt }) => equityAt)),
    equityMarketAt: earliest(members.map(({ equityMarketAt }) => equityMarketAt)),
    freeQuote: textOf(total((account) => account.freeQuote)),
    exposure: textOf(total((account) => account.exposure)),
    todayPnl: textOf(todayPnl),
    todayRatio: equity === null || todayPnl === null ? null : todayPnl / (equity - todayPnl || 1),
    openPnl: String(total((account) => account.openPnl)),
    openRisk: String(total((account) => account.openRisk)),
    withoutStop: total((account) => account.withoutStop),
    openPositions: total((account) => account.openPositions),
    unprotectedPositions: total((account) => account.unprotectedPositions),
    trades30d: total((account) => account.trades30d),
    wins30d: total((account) => account.wins30d),
    pnl30d: String(total((account) => account.pnl30d)),
    members,
  }
}

function textOf(value: number | null): string | null {
  return value === null ? null : String(value)
}

function earliest(times: readonly (string | null)[]): string | null {
  return times.filter((time) => time !== null).sort()[0] ?? null
}

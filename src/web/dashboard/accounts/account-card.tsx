import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { AccountDetail } from '../../api/accounts.ts'
import { Button } from '../parts/button.tsx'
import { Chip } from '../parts/chip.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Failure } from '../parts/failure.tsx'
import { ago, fullTime, money, quantity } from '../parts/format.ts'
import { ModeChip } from '../parts/mode-chip.tsx'
import { venueName } from '../parts/words.ts'
import { queries, send } from '../shell/api.ts'
import { Link } from '../shell/link.tsx'
import { KeyState } from './key-state.tsx'
import { Rename } from './rename.tsx'
import { ReplaceKey } from './replace-key.tsx'

/** One account with everything that is known of it and can be done with it. */
export function AccountCard({ account }: { account: AccountDetail }) {
  const { id, name, mode, quote, status, statusReason, openPositions } = account
  const edge = mode === 'live' ? 'border-warn' : 'border-line'
  return (
    <section aria-label={name} className={`min-w-0 rounded-xl border bg-surface p-4 ${edge}`}>
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="text-base font-semibold tracking-tight">{name}</h2>
        <ModeChip mode={mode} />
        <span className="text-sm text-muted">{venueName(account)}</span>
        <StatusChip status={status} />
      </header>
      {statusReason && (
        <p className="mt-2 rounded-lg bg-warn-soft px-3 py-2 text-sm text-warn">{sentenceOf(statusReason)}</p>
      )}
      <dl className="mt-3 grid grid-cols-2 gap-x-6 gap-y-2 text-sm sm:grid-cols-3">
        <Fact name="Equity">
          {account.equity === null ? 'within a minute' : `${money(account.equity)} ${quote}`}
        </Fact>
        <Fact name="Open positions">{openPositions}</Fact>
        <Fact name="Books">
          <BooksState account={account} />
        </Fact>
      </dl>
      <Balances balances={account.balances} />
      <KeyState account={account} />
      <Actions account={account} />
      <p className="sr-only">{id}</p>
    </section>
  )
}

function StatusChip({ status }: Pick<AccountDetail, 'status'>) {
  if (status === 'active') return <Chip tone="up">Trades</Chip>
  if (status === 'paused') return <Chip tone="warn">Paused</Chip>
  if (status === 'degraded') return <Chip tone="warn">No entries for now</Chip>
  return <Chip tone="plain">Disconnected</Chip>
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="truncate font-medium tabular-nums">{children}</dd>
    </div>
  )
}

/** Whether the books were compared with the exchange. */
function BooksState({ account: { comparedAt, mustCompare, staleSince } }: { account: AccountDetail }) {
  if (staleSince !== null)
    return <span className="text-warn">exchange silent, {ago(Date.now() - Date.parse(staleSince))}</span>
  if (mustCompare) return <span className="text-warn">being compared</span>
  if (comparedAt === null) return <>not compared yet</>
  const atMs = Date.parse(comparedAt)
  return <time title={fullTime(atMs)}>agreed {ago(Date.now() - atMs)}</time>
}

function Balances({ balances }: Pick<AccountDetail, 'balances'>) {
  if (balances.length === 0) return null
  return (
    <ul aria-label="Balances" className="mt-3 flex flex-wrap gap-1.5">
      {balances.slice(0, 12).map(({ currency, total }) => (
        <li key={currency} className="rounded-md bg-raised px-2 py-1 text-xs tabular-nums">
          <span className="font-semibold">{quantity(total)}</span> {currency}
        </li>
      ))}
      {balances.length > 12 && (
        <li className="px-2 py-1 text-xs text-muted">and {balances.length - 12} more</li>
      )}
    </ul>
  )
}

function Actions({ account }: { account: AccountDetail }) {
  const { id, name, mode, status, isPausedByUser } = account
  const act = useMutation({
    mutationFn: (what: 'pause' | 'resume') => send(`/accounts/${id}/${what}`, {}),
    onSuccess: () => refetchAccounts(),
  })
  return (
    <>
      {act.error && <Failure error={act.error} />}
      <div className="mt-4 flex flex-wrap gap-2 border-t border-line pt-3">
        {status === 'active' && (
          <Button disabled={act.isPending} onClick={() => act.mutate('pause')}>
            Pause
          </Button>
        )}
        {isPausedByUser && (
          <Button look="primary" disabled={act.isPending} onClick={() => act.mutate('resume')}>
            Resume
          </Button>
        )}
        <Link
          to={`/settings?account=${id}`}
          className="inline-flex min-h-10 items-center rounded-lg border border-line px-3.5 text-sm font-medium hover:bg-raised"
        >
          Settings
        </Link>
        {mode !== 'paper' && <ReplaceKey account={account} />}
        <Rename account={account} />
        <Confirm
          button="Disconnect"
          opener="quiet"
          title={`Disconnect ${name}?`}
          action="Disconnect"
          look="danger"
          onConfirm={async () => {
            await send(`/accounts/${id}/close`, {})
            await refetchAccounts()
          }}
        >
          Its key is forgotten and it never trades again; its trades and its history stay. This works only
          when nothing is open. To trade at that exchange again, connect a new account.
        </Confirm>
      </div>
    </>
  )
}

/** Reads anew what a change of an account shows. */
export async function refetchAccounts(): Promise<void> {
  await Promise.all(['accounts', 'overview'].map((name) => queries.refetchQueries({ queryKey: [name] })))
}

/** A reason of the program as a sentence of its own. */
function sentenceOf(reason: string): string {
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}${/[.!?]$/.test(reason) ? '' : '.'}`
}

import { useQuery } from '@tanstack/react-query'
import type { AccountDetail } from '../../api/accounts.ts'
import { Failure } from '../parts/failure.tsx'
import { Heading } from '../parts/heading.tsx'
import { Panel } from '../parts/panel.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { ask } from '../shell/api.ts'
import { FirstAccount } from './first-account.tsx'
import { FirstMoves } from './first-moves.tsx'

/** From nothing to an account that trades: one form, then what happens, as it happens. */
export default function Start() {
  const accounts = useQuery({
    queryKey: ['accounts'],
    queryFn: () => ask<{ items: AccountDetail[] }>('/accounts'),
    refetchInterval: 2_000,
  })
  const account = accounts.data?.items.at(-1)
  return (
    <div className="mx-auto max-w-2xl space-y-3 sm:space-y-4">
      <Heading title="Start with a paper account">
        Play money at market prices, by the same rules that trade real money. Nothing leaves this
        installation.
      </Heading>
      {accounts.error && !accounts.data && <Failure error={accounts.error} />}
      {accounts.data ? (
        account ? (
          <FirstMoves account={account} />
        ) : (
          <FirstAccount />
        )
      ) : (
        <Panel title="A moment">
          <Waiting rows={4} />
        </Panel>
      )}
    </div>
  )
}

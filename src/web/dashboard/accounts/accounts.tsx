import { useQuery } from '@tanstack/react-query'
import type { AccountDetail } from '../../api/accounts.ts'
import { buttonLook } from '../parts/button.tsx'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Heading } from '../parts/heading.tsx'
import { Panel } from '../parts/panel.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { ask } from '../shell/api.ts'
import { Link } from '../shell/link.tsx'
import { AccountCard } from './account-card.tsx'
import { Requests } from './requests.tsx'

/** The connections to exchanges: what they hold, what their keys may do, and whether they trade. */
export default function Accounts() {
  const accounts = useQuery({
    queryKey: ['accounts'],
    queryFn: () => ask<{ items: AccountDetail[] }>('/accounts'),
    refetchInterval: 5_000,
  })
  const items = accounts.data?.items
  return (
    <>
      <Heading
        title="Accounts"
        aside={
          <Link to="/accounts/new" className={buttonLook('primary')}>
            Connect an account
          </Link>
        }
      >
        Each account is one connection to one exchange, and trades by itself.
      </Heading>
      <Requests />
      {accounts.error && !items && <Failure error={accounts.error} />}
      {!items && !accounts.error && (
        <Panel title="Accounts">
          <Waiting rows={3} />
        </Panel>
      )}
      {items?.length === 0 && (
        <Panel title="No account yet">
          <Empty
            title="Start with play money"
            action={
              <Link to="/start" className={buttonLook('primary')}>
                Start with a paper account
              </Link>
            }
          >
            A paper account trades on market prices within a minute, and costs nothing. An exchange can be
            connected later.
          </Empty>
        </Panel>
      )}
      <div className="grid gap-3 sm:gap-4 xl:grid-cols-2">
        {items?.map((account) => (
          <AccountCard key={account.id} account={account} />
        ))}
      </div>
    </>
  )
}

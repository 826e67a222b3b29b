import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { NewToken, Token } from '../../api/tokens.ts'
import { Button } from '../parts/button.tsx'
import { Chip } from '../parts/chip.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { CopyField } from '../parts/copy-field.tsx'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { When } from '../parts/moment.tsx'
import { Panel } from '../parts/panel.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { ask, queries, send } from '../shell/api.ts'
import { TokenForm } from './token-form.tsx'

/** What programs may do in the user's name. */
export function TokensPanel() {
  const [made, setMade] = useState<NewToken>()
  const tokens = useQuery({ queryKey: ['tokens'], queryFn: () => ask<{ items: Token[] }>('/tokens') })
  return (
    <Panel title="Tokens for programs">
      <p className="px-4 pb-3 text-sm text-muted">
        With a token a program of yours uses the{' '}
        <a href="/api/docs" className="underline underline-offset-2">
          API
        </a>
        : <code>Authorization: Bearer bp_…</code>
      </p>
      {made && <Made made={made} onDone={() => setMade(undefined)} />}
      {tokens.error ? <Failure error={tokens.error} /> : <Rows tokens={tokens.data?.items} />}
      <TokenForm onMade={setMade} />
    </Panel>
  )
}

function Made({ made, onDone }: { made: NewToken; onDone: () => void }) {
  return (
    <div role="status" className="space-y-3 border-t border-line bg-accent-soft px-4 py-3 text-sm">
      <p>
        Copy it now: <strong className="font-semibold">it is shown once.</strong> Whoever has it may do what
        its scopes say, without your password.
      </p>
      <CopyField label={`Token ${made.name}`} text={made.token} />
      <Button onClick={onDone}>I have copied it</Button>
    </div>
  )
}

function Rows({ tokens }: { tokens: readonly Token[] | undefined }) {
  if (!tokens) return <Waiting rows={2} />
  if (tokens.length === 0)
    return (
      <div className="border-t border-line">
        <Empty title="No token yet">Make one below when a program of yours is to read or trade here.</Empty>
      </div>
    )
  return (
    <ul className="divide-y divide-line border-t border-line">
      {tokens.map((token) => (
        <Row key={token.id} token={token} />
      ))}
    </ul>
  )
}

function Row({ token }: { token: Token }) {
  return (
    <li className="flex items-center justify-between gap-3 px-4 py-2.5 text-sm">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">
          <span className="break-all">{token.name}</span>
          {token.scopes.map((scope) => (
            <Chip key={scope} tone={scope === 'read' ? 'plain' : scope === 'admin' ? 'warn' : 'accent'}>
              {scope}
            </Chip>
          ))}
          {token.isExpired && <Chip tone="down">expired</Chip>}
        </p>
        <p className="text-xs text-muted">
          <code>{token.hint}…</code>, {token.isExpired ? 'ended' : 'until'} <When at={token.expiresAt} />,{' '}
          {token.lastUsedAt ? (
            <>
              used <When at={token.lastUsedAt} />
            </>
          ) : (
            'never used'
          )}
        </p>
      </div>
      <Confirm
        button={
          <>
            Revoke<span className="sr-only"> {token.name}</span>
          </>
        }
        title={`Revoke ${token.name}?`}
        action="Revoke it"
        look="danger"
        opener="quiet"
        onConfirm={async () => {
          await send(`/tokens/${token.id}`, {}, 'DELETE')
          await queries.refetchQueries({ queryKey: ['tokens'] })
        }}
      >
        Whatever uses it is refused from now on. This cannot be undone.
      </Confirm>
    </li>
  )
}

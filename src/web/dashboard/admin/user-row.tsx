import { useState } from 'react'
import type { Person } from '../../api/users.ts'
import { Button } from '../parts/button.tsx'
import { Chip } from '../parts/chip.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { CopyField } from '../parts/copy-field.tsx'
import { When } from '../parts/moment.tsx'
import { queries, send } from '../shell/api.ts'
import { toast } from '../shell/toasts.tsx'

/** Does something to a user, says so, and shows them as they are afterwards. */
async function act(run: () => Promise<unknown>, done: string): Promise<void> {
  await run()
  toast(done)
  await queries.refetchQueries({ queryKey: ['users'] })
}

/** One user, and what can be done for them; what is one's own is another administrator's to change. */
export function UserRow({ user, isYou }: { user: Person; isYou: boolean }) {
  const [link, setLink] = useState<string>()
  return (
    <li className="space-y-2 px-4 py-3 text-sm">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-semibold">{user.name}</span>
        <span className="break-all text-muted">{user.email}</span>
        {user.role === 'admin' && <Chip tone="accent">administrator</Chip>}
        {user.hasTwoFactor && <Chip tone="up">two-factor</Chip>}
        {user.isDisabled && <Chip tone="down">switched off</Chip>}
        {isYou && <Chip tone="plain">you</Chip>}
      </div>
      <p className="text-xs text-muted">
        here since <When at={user.createdAt} />,{' '}
        {user.seenAt ? (
          <>
            seen <When at={user.seenAt} />
          </>
        ) : (
          'signed in nowhere'
        )}
      </p>
      {link !== undefined && <ResetLink link={link} onDone={() => setLink(undefined)} />}
      {!isYou && (
        <div className="-ml-3.5 flex flex-wrap">
          <RoleSwitch user={user} />
          {!user.isDisabled && <ResetButton user={user} onLink={setLink} />}
          {user.hasTwoFactor && <TwoFactorButton user={user} />}
          {user.seenAt && <SignOutButton user={user} />}
          <OnOffSwitch user={user} />
        </div>
      )}
    </li>
  )
}

function ResetLink({ link, onDone }: { link: string; onDone: () => void }) {
  return (
    <div role="status" className="space-y-2 rounded-lg bg-accent-soft px-3 py-3">
      <p>Hand this over on a way you trust. It is shown once, works once, and for an hour.</p>
      <CopyField label="Link to choose a new password" text={link} />
      <Button onClick={onDone}>Done</Button>
    </div>
  )
}

function RoleSwitch({ user }: { user: Person }) {
  const role = user.role === 'admin' ? 'user' : 'admin'
  const isUp = role === 'admin'
  return (
    <Confirm
      button={isUp ? 'Make administrator' : 'Make plain user'}
      title={isUp ? `Make ${user.name} an administrator?` : `Make ${user.name} a plain user?`}
      action={isUp ? 'Make administrator' : 'Make plain user'}
      opener="quiet"
      onConfirm={() =>
        act(
          () => send(`/users/${user.id}`, { role }, 'PATCH'),
          `${user.name} is ${isUp ? 'an administrator' : 'a plain user'}.`,
        )
      }
    >
      {isUp
        ? 'They see the operation of the cluster, set halts for everybody, invite and switch off users.'
        : 'From their next request on they see their own accounts alone.'}
    </Confirm>
  )
}

function ResetButton({ user, onLink }: { user: Person; onLink: (link: string) => void }) {
  return (
    <Confirm
      button="Link for a new password"
      title={`A link for ${user.name}?`}
      action="Make the link"
      opener="quiet"
      onConfirm={async () => {
        const { path } = await send<{ path: string }>(`/users/${user.id}/reset-link`, {})
        onLink(`${location.origin}${path}`)
      }}
    >
      Whoever opens it chooses a new password for {user.email}. Until then the old one works. A second factor
      is still asked for.
    </Confirm>
  )
}

function TwoFactorButton({ user }: { user: Person }) {
  return (
    <Confirm
      button="Remove two-factor"
      title={`Remove ${user.name}’s second factor?`}
      action="Remove it"
      look="danger"
      opener="quiet"
      onConfirm={() =>
        act(
          () => send(`/users/${user.id}/two-factor`, {}, 'DELETE'),
          `${user.name} signs in with the password alone.`,
        )
      }
    >
      For somebody who has lost phone and backup codes. Make sure that it is them who ask: from now on the
      password alone opens their account.
    </Confirm>
  )
}

function SignOutButton({ user }: { user: Person }) {
  return (
    <Confirm
      button="Sign out"
      title={`Sign ${user.name} out everywhere?`}
      action="Sign out"
      opener="quiet"
      onConfirm={() =>
        act(() => send(`/users/${user.id}/sessions`, {}, 'DELETE'), `${user.name} is signed out.`)
      }
    >
      They can sign in again. Who has to wait after wrong passwords need not any more.
    </Confirm>
  )
}

function OnOffSwitch({ user }: { user: Person }) {
  if (user.isDisabled)
    return (
      <Confirm
        button="Switch on"
        title={`Let ${user.name} sign in again?`}
        action="Switch on"
        opener="quiet"
        onConfirm={() =>
          act(
            () => send(`/users/${user.id}`, { isDisabled: false }, 'PATCH'),
            `${user.name} may sign in again.`,
          )
        }
      >
        With the password as it was. Their tokens stay revoked.
      </Confirm>
    )
  return (
    <Confirm
      button="Switch off"
      title={`Switch ${user.name} off?`}
      action="Switch off"
      look="danger"
      opener="quiet"
      onConfirm={() =>
        act(() => send(`/users/${user.id}`, { isDisabled: true }, 'PATCH'), `${user.name} is switched off.`)
      }
    >
      They are signed out at once, and their tokens are revoked. <strong>Their accounts go on trading</strong>
      : set a halt to stop that.
    </Confirm>
  )
}

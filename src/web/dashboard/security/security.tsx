import { useQuery } from '@tanstack/react-query'
import type { Security } from '../../api/security.ts'
import { Failure } from '../parts/failure.tsx'
import { Heading } from '../parts/heading.tsx'
import { Panel } from '../parts/panel.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { ask } from '../shell/api.ts'
import { PasswordForm } from './password.tsx'
import { ProfileForm } from './profile.tsx'
import { SessionsPanel } from './sessions.tsx'
import { TokensPanel } from './tokens.tsx'
import { TwoFactor } from './two-factor.tsx'

/** How the user signs in, where they are signed in, and what programs may do in their name. */
export default function SecurityPage() {
  const security = useQuery({ queryKey: ['security'], queryFn: () => ask<Security>('/security') })
  const { data } = security
  return (
    <>
      <Heading title="Security">
        How you sign in, where you are signed in, and what programs may do in your name.
      </Heading>
      <div className="grid items-start gap-3 sm:gap-4 lg:grid-cols-2">
        <div className="space-y-3 sm:space-y-4">
          <Panel title="Two-factor sign-in">
            {security.error ? (
              <Failure error={security.error} />
            ) : data ? (
              <TwoFactor isOn={data.hasTwoFactor} />
            ) : (
              <Waiting rows={2} />
            )}
          </Panel>
          <Panel title="Password">
            <PasswordForm />
          </Panel>
          <Panel title="Name and address">
            {data ? <ProfileForm security={data} /> : <Waiting rows={3} />}
          </Panel>
        </div>
        <div className="space-y-3 sm:space-y-4">
          <SessionsPanel />
          <TokensPanel />
        </div>
      </div>
    </>
  )
}

import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { TextField } from '../parts/text-field.tsx'
import { askAuth, sendAuth } from '../shell/api.ts'
import { BareForm, BarePage } from './bare.tsx'
import { CodeStep } from './code-step.tsx'
import { destination } from './destination.ts'

/** The way in. */
export default function SignInPage() {
  const [needsCode, setNeedsCode] = useState(false)
  if (needsCode) return <CodeStep onBack={() => setNeedsCode(false)} />
  return <PasswordStep onNeedsCode={() => setNeedsCode(true)} />
}

function PasswordStep({ onNeedsCode }: { onNeedsCode: () => void }) {
  const signIn = useMutation({
    mutationFn: (body: object) => sendAuth<{ twoFactorRedirect?: boolean }>('/sign-in/email', body),
    onSuccess: ({ twoFactorRedirect }) =>
      twoFactorRedirect ? onNeedsCode() : location.assign(destination()),
  })
  const ways = useQuery({
    queryKey: ['ways'],
    queryFn: () => askAuth<{ signUp: 'open' | 'invite'; mailsLinks: boolean }>('/ways'),
  })
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    signIn.mutate(Object.fromEntries(new FormData(event.currentTarget)))
  }
  const isBusy = signIn.isPending || (signIn.isSuccess && !signIn.data.twoFactorRedirect)
  return (
    <BarePage title="Sign in" lead="See what your accounts hold, and why each trade was made or left.">
      <BareForm action="Sign in" isBusy={isBusy} error={signIn.error} onSubmit={submit}>
        <TextField label="E-mail" name="email" type="email" autoComplete="username" required autoFocus />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
        />
      </BareForm>
      <p className="mt-6 min-h-10 text-sm text-muted">
        {ways.data?.signUp === 'open' && (
          <>
            New here?{' '}
            <a href="/sign-up" className="font-medium text-accent underline underline-offset-2">
              Make an account
            </a>
            .{' '}
          </>
        )}
        {ways.data?.signUp === 'invite' && 'New users come by invitation. '}
        {ways.data?.mailsLinks ? (
          <a href="/forgot-password" className="text-accent underline underline-offset-2">
            Password lost?
          </a>
        ) : (
          'Password lost? Whoever runs this Bullpen can give you a link to choose another.'
        )}
      </p>
    </BarePage>
  )
}

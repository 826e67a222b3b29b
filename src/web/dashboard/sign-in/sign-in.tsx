import { type FormEvent, useId, useState } from 'react'
import { Mark } from '../parts/icons.tsx'
import { useTitle } from '../parts/title.ts'

/** Where to go after signing in: a path of this site, never another's address. */
function destination(): string {
  const next = new URLSearchParams(location.search).get('next') ?? '/'
  return next.startsWith('/') && !next.startsWith('//') && !next.startsWith('/\\') ? next : '/'
}

/** Signs in; returns what to tell the user when it fails. */
async function signIn(email: string, password: string): Promise<string | undefined> {
  const response = await fetch('/api/auth/sign-in/email', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  }).catch(() => undefined)
  if (!response) return 'Bullpen cannot be reached. Check the connection and try again.'
  await response.text() // read to its end, so that leaving the page does not cut it off
  if (response.ok) return undefined
  if (response.status === 429) return 'Too many attempts. Wait a minute and try again.'
  if (response.status === 401 || response.status === 400)
    return 'This address and password do not belong together. Check both; capital letters matter.'
  return 'Signing in did not work. Try again in a moment.'
}

/** The way in. */
export default function SignInPage() {
  const [problem, setProblem] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const problemId = useId()
  useTitle('Sign in')

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    setBusy(true)
    const failure = await signIn(String(fields.get('email')), String(fields.get('password')))
    if (failure === undefined) return location.assign(destination())
    setProblem(failure)
    setBusy(false)
  }

  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="w-full max-w-sm">
        <div className="mb-7 flex items-center gap-2.5">
          <Mark />
          <span className="text-lg font-semibold tracking-tight">Bullpen</span>
        </div>
        <h1 className="text-2xl font-semibold tracking-tight">Sign in</h1>
        <p className="mt-1 mb-6 text-sm text-muted">
          See what your accounts hold, and why each trade was made or left.
        </p>
        <form onSubmit={submit} className="space-y-4" aria-describedby={problem ? problemId : undefined}>
          <Field label="E-mail" name="email" type="email" autoComplete="username" autoFocus />
          <Field label="Password" name="password" type="password" autoComplete="current-password" />
          <div id={problemId} role="alert" className="min-h-5 text-sm text-down">
            {problem}
          </div>
          <button
            type="submit"
            disabled={isBusy}
            className="h-11 w-full rounded-lg bg-accent-solid px-4 font-medium text-white hover:brightness-110"
          >
            {isBusy ? 'Signing in…' : 'Sign in'}
          </button>
        </form>
        <p className="mt-6 text-sm text-muted">
          No account yet, or the password is lost? Whoever runs this Bullpen can help:{' '}
          <code>bullpen user add</code>.
        </p>
      </div>
    </main>
  )
}

interface FieldProps {
  readonly label: string
  readonly name: string
  readonly type: string
  readonly autoComplete: string
  readonly autoFocus?: boolean
}

function Field({ label, ...input }: FieldProps) {
  const id = useId()
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
        {label}
      </label>
      <input
        id={id}
        required
        className="h-11 w-full rounded-lg border border-muted/60 bg-surface px-3 text-base placeholder:text-muted"
        {...input}
      />
    </div>
  )
}

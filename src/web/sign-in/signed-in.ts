import type { SignedIn } from '../sign-in.ts'

/** Who somebody is, of what the library or the database knows of them. */
export function signedIn(user: {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly role?: string | null | undefined
}): SignedIn {
  const { id, name, email, role } = user
  return { id, name, email, role: role === 'admin' ? 'admin' : 'user' }
}

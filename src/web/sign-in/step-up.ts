import { isAPIError } from 'better-auth/api'
import { z } from 'zod'
import { proveSession } from '#db/sessions.ts'
import { forgive, takeAttempt } from '#db/sign-in-failures.ts'
import { signInFirst } from '../problem.ts'
import { guessKey } from './guess-key.ts'
import { isPasswordOf } from './new-user.ts'
import { lockedOut, refusalOf } from './refusals.ts'
import { type Coming, way } from './way.ts'

const proof = z.strictObject(
  {
    password: z.string('must be text').max(200).optional(),
    code: z.string('must be text').max(20).optional(),
  },
  'must be an object with a password or a code',
)

/** Proves anew who sits before a session: by the code where a second factor is on, else by the password. */
export const stepUp = way({
  path: '/step-up',
  body: proof,
  async handle(coming) {
    const { db, auth, headers } = coming
    const found = await auth.api.getSession({ headers })
    if (!found) throw signInFirst()
    const { user, session } = found
    if (user.twoFactorEnabled) await proveByCode(coming)
    else await proveByPassword(coming, user.id)
    const provenAt = new Date()
    await proveSession(db, session.id, provenAt)
    return { provenAt: provenAt.toISOString() }
  },
})

/** The library looks at the code; its gate counts the guesses and knows which codes were used. */
async function proveByCode({ auth, headers, body }: Coming<z.infer<typeof proof>>): Promise<void> {
  try {
    await auth.api.verifyTOTP({ headers, body: { code: body.code ?? '' } })
  } catch (error) {
    if (!isAPIError(error)) throw error
    throw refusalOf(error.statusCode, error.body ?? {}, undefined)
  }
}

async function proveByPassword({ db, body }: Coming<z.infer<typeof proof>>, userId: string): Promise<void> {
  const key = guessKey({ userId })
  const attempt = await takeAttempt(db, key)
  if (!attempt.isAllowed) throw lockedOut(attempt.retryAfterSeconds)
  if (!(await isPasswordOf(db, userId, body.password ?? '')))
    throw refusalOf(400, { code: 'INVALID_PASSWORD' }, undefined)
  await forgive(db, key)
}

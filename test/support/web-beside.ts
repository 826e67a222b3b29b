import express from 'express'
import pino from 'pino'
import { type Listening, listen } from '#src/web/listen.ts'
import { answerProblem } from '#src/web/problem.ts'
import { openSignIn } from '#src/web/sign-in.ts'
import type { TestWeb } from './web.ts'

/** The ways in of another web process on the same database; whoever opens it closes it. */
export async function webBeside(
  web: TestWeb,
  signup: 'invite' | 'open' = 'invite',
  mailResetLink?: (userId: string) => Promise<void>,
): Promise<TestWeb & Pick<Listening, 'close'>> {
  const log = pino({ level: 'silent' })
  const signIn = openSignIn({
    db: web.database.db('bullpen_app'),
    secretKey: 's'.repeat(32),
    publicUrl: 'http://localhost',
    isPublicUrlFixed: false,
    signup,
    mailResetLink,
    log,
  })
  const app = express()
  app.all('/api/auth/{*any}', (request, response) => signIn.handle(request, response))
  app.use(answerProblem)
  const { port, close } = await listen(app, 0)
  return { ...web, origin: `http://127.0.0.1:${port}`, close }
}

import { z } from 'zod'
import { userRoles } from '../sign-in.ts'
import { noBody, nothing } from './fields.ts'
import { route } from './route.ts'

const me = z.object({ id: z.uuid(), name: z.string(), email: z.string(), role: z.enum(userRoles) })
export type Me = z.infer<typeof me>

/** Who is signed in. */
export const getMe = route({
  method: 'get',
  path: '/me',
  summary: 'Who is signed in.',
  query: nothing,
  body: noBody,
  answer: me,
  handle: async ({ user }) => user,
})

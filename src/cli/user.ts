import { randomBytes } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { type Command, Option } from 'commander'
import type { Db } from '#db/client.ts'
import type { User } from '#db/users.ts'
import { UserError } from '../errors.ts'
import { withDatabase } from './with-database.ts'

const roles = ['user', 'admin']

/** Who acts, in the audit log. */
const actor = 'command line'

/** `bullpen user add|list|role|reset`: who may sign in. */
export function user(program: Command): void {
  const command = program.command('user').description('who may sign in')

  command
    .command('add <email>')
    .description('make a user; without --password-stdin a password is made up and printed once')
    .option('--name <name>', 'what the dashboard calls them')
    .addOption(new Option('--role <role>').choices(roles).default('user'))
    .option('--password-stdin', 'read the password from standard input')
    .action(
      async (email: string, options: { name?: string; role: 'user' | 'admin'; passwordStdin?: boolean }) => {
        const { createUser } = await import('../web/sign-in.ts')
        const { asTenant } = await import('#db/client.ts')
        const { recordAudit } = await import('#db/audit.ts')
        const given = options.passwordStdin ? (await text(process.stdin)).replace(/\r?\n$/, '') : undefined
        const password = given ?? randomBytes(12).toString('base64url')
        const name = options.name ?? email.split('@', 1)[0] ?? email
        const { role } = options
        await withDatabase('user add', 'bullpen_app', async (db) => {
          const userId = await createUser(db, { email, password, name, role })
          await asTenant(db, userId, (tx) =>
            recordAudit(tx, {
              userId,
              actor,
              action: 'user.add',
              target: email.toLowerCase(),
              details: { role },
            }),
          )
        })
        console.log(
          `${email} may sign in as ${options.role}${given === undefined ? `, password ${password}` : ''}`,
        )
      },
    )

  command
    .command('list')
    .description('everybody who may sign in')
    .option('--json', 'for machines')
    .action(async ({ json }: { json?: boolean }) => {
      const { allUsers } = await import('#db/users.ts')
      const users = await withDatabase('user list', 'bullpen_app', allUsers)
      if (json) return console.log(JSON.stringify(users))
      for (const { email, role, name, createdAt, isDisabled } of users)
        console.log(
          `${email}  ${role}  ${name}  since ${createdAt.toISOString().slice(0, 10)}${isDisabled ? '  switched off' : ''}`,
        )
      if (users.length === 0) console.log('Nobody yet: npx bullpen user add you@example.com --role admin')
    })

  command
    .command('role <email> <role>')
    .description(`give a role: ${roles.join(' or ')}`)
    .action(async (email: string, role: string) => {
      if (!roles.includes(role)) throw new UserError(`the role ${role} does not exist: ${roles.join(' or ')}`)
      const { setRole } = await import('#db/users.ts')
      const { asTenant } = await import('#db/client.ts')
      const { recordAudit } = await import('#db/audit.ts')
      await withDatabase('user role', 'bullpen_app', async (db) => {
        const found = await userOrError(db, email)
        await asTenant(db, found.id, async (tx) => {
          if ((await setRole(tx, found.id, role)) === 'last-admin')
            throw new UserError(`${email} is the only administrator: make somebody else one first`)
          await recordAudit(tx, {
            userId: found.id,
            actor,
            action: 'user.role',
            target: found.email,
            details: { from: found.role, to: role },
          })
        })
      })
      console.log(`${email} is ${role} from the next request on`)
    })

  command
    .command('reset <email>')
    .description('print a link with which somebody chooses a new password, once and within an hour')
    .option('--two-factor', 'let them sign in without a code, too: the phone is lost')
    .action(async (email: string, { twoFactor }: { twoFactor?: boolean }) => {
      const { removeTwoFactor } = await import('#db/users.ts')
      const { linkToReset } = await import('#db/password-resets.ts')
      const { asTenant } = await import('#db/client.ts')
      const { recordAudit } = await import('#db/audit.ts')
      const link = await withDatabase('user reset', 'bullpen_app', async (db, config) => {
        const found = await userOrError(db, email)
        if (found.isDisabled)
          throw new UserError(`${email} is switched off: an administrator switches them on`)
        return asTenant(db, found.id, async (tx) => {
          if (twoFactor) await removeTwoFactor(tx, found.id)
          const { path } = await linkToReset(tx, found.id)
          const details = { isTwoFactorRemoved: twoFactor === true }
          await recordAudit(tx, {
            userId: found.id,
            actor,
            action: 'user.reset-link',
            target: found.email,
            details,
          })
          return `${config.publicUrl}${path}`
        })
      })
      console.log(link)
    })
}

/** @throws UserError when nobody has that address */
async function userOrError(db: Db, email: string): Promise<User> {
  const { findUserByEmail } = await import('#db/users.ts')
  const found = await findUserByEmail(db, email)
  if (!found) throw new UserError(`nobody signs in as ${email}: npx bullpen user list`)
  return found
}

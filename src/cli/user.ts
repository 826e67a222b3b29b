import { randomBytes } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { type Command, Option } from 'commander'
import { UserError } from '../errors.ts'
import { withDatabase } from './with-database.ts'

const roles = ['user', 'admin']

/** `bullpen user add|list|role`: who may sign in. */
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
        const given = options.passwordStdin ? (await text(process.stdin)).replace(/\r?\n$/, '') : undefined
        const password = given ?? randomBytes(12).toString('base64url')
        const name = options.name ?? email.split('@', 1)[0] ?? email
        await withDatabase('user add', 'bullpen_app', (db) =>
          createUser(db, { email, password, name, role: options.role }),
        )
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
      for (const { email, role, name, createdAt } of users)
        console.log(`${email}  ${role}  ${name}  since ${createdAt.toISOString().slice(0, 10)}`)
      if (users.length === 0) console.log('Nobody yet: npx bullpen user add you@example.com --role admin')
    })

  command
    .command('role <email> <role>')
    .description(`give a role: ${roles.join(' or ')}`)
    .action(async (email: string, role: string) => {
      if (!roles.includes(role)) throw new UserError(`the role ${role} does not exist: ${roles.join(' or ')}`)
      const { findUserByEmail, setRole } = await import('#db/users.ts')
      await withDatabase('user role', 'bullpen_app', async (db) => {
        const found = await findUserByEmail(db, email)
        if (!found) throw new UserError(`nobody signs in as ${email}: npx bullpen user list`)
        await setRole(db, found.id, role)
      })
      console.log(`${email} is ${role} from the next request on`)
    })
}

import { randomBytes } from 'node:crypto'
import { accountsOf } from '#db/accounts.ts'
import { connect, type Db } from '#db/client.ts'
import { saveSettings } from '#db/trading-settings.ts'
import { allUsers, findUserByEmail } from '#db/users.ts'
import { openPaperAccount, type WantedAccount } from '../accounts/connect.ts'
import type { ConnectedConfig } from '../config.ts'
import { exchanges } from '../domain/market.ts'
import type { Profile } from '../domain/settings.ts'
import { unsupported } from '../domain/venues.ts'
import { ringOf } from '../vault/key-ring.ts'
import { createUser, isPasswordOf, type UserRole } from '../web/sign-in.ts'
import { type KeptSignIn, keepSignIns, readSignIns } from './kept-sign-ins.ts'

/** With what one signs in; the password is absent once its owner has changed it. */
export interface DemoSignIn {
  readonly email: string
  readonly role: UserRole
  readonly password?: string
}

/** Where an account of the demo trades. */
type Place = Pick<WantedAccount, 'exchange' | 'market'>

interface DemoUser {
  readonly email: string
  readonly name: string
  readonly role: UserRole
  readonly profile: Profile
  readonly market: 'spot' | 'futures'
}

/** One user for each shipped profile; the first also sees the cluster at work. */
const demoUsers: readonly DemoUser[] = [
  { email: 'spot@bullpen.test', name: 'Spot demo', role: 'admin', profile: 'ase', market: 'spot' },
  { email: 'futures@bullpen.test', name: 'Futures demo', role: 'user', profile: 'pro', market: 'futures' },
]

const startingBalance = { USDT: '10000' }

/** The user's market on every venue of the demo, or spot where a venue has no other. */
function placesOf({ market }: DemoUser, venues: ConnectedConfig['demoVenues']): Place[] {
  const names = venues === 'all' ? exchanges : (['binance'] as const)
  return names.flatMap((exchange) => {
    const found = ([market, 'spot'] as const).find((each) => !unsupported({ exchange, market: each }))
    return found ? [{ exchange, market: found }] : []
  })
}

/** 'Paper spot' on Binance, 'Bybit spot' elsewhere. */
function nameOf({ exchange, market }: Place): string {
  return exchange === 'binance'
    ? `Paper ${market}`
    : `${exchange.charAt(0).toUpperCase()}${exchange.slice(1)} ${market}`
}

/**
 * Makes the demo's users, each with a paper account of 10,000 USDT on each venue of DEMO_VENUES, when there is nobody yet, and completes a demo that
 * was interrupted; an installation of somebody's own is left alone. Returns with what one signs in.
 */
export async function seedDemo(config: ConnectedConfig): Promise<DemoSignIn[]> {
  const app = connect(config.databaseUrl, 'bullpen_app', { max: 2 })
  const db = connect(config.databaseUrl, 'bullpen_worker', { max: 2 })
  try {
    const users = await allUsers(app)
    let signIns = readSignIns(config.bullpenHome)
    // Sign-ins may lie in the folder from a demo in another database: users of somebody's own decide.
    const isDemo = users.every(({ email }) => demoUsers.some((user) => user.email === email))
    if (!isDemo || (users.length > 0 && signIns.length === 0)) return await stillTrue(app, signIns)
    if (signIns.length === 0) {
      signIns = demoUsers.map(({ email, role }) => ({
        email,
        role,
        password: randomBytes(9).toString('base64url'),
      }))
      keepSignIns(config.bullpenHome, signIns)
    }
    const parts = { db, keys: ringOf(config), simulatorUrl: async () => config.simulatorUrl }
    for (const user of demoUsers) {
      const { password } = signIns.find(({ email }) => email === user.email) ?? {}
      const known = users.find(({ email }) => email === user.email)
      if (!password) continue
      const userId = known?.id ?? (await createUser(app, { ...user, password }))
      const have = await accountsOf(db, userId)
      if (have.length === 0) await saveSettings(db, userId, null, { profile: user.profile })
      for (const place of placesOf(user, config.demoVenues)) {
        if (have.some(({ exchange, market }) => exchange === place.exchange && market === place.market))
          continue
        const wanted = { userId, name: nameOf(place), ...place, quote: 'USDT' }
        await openPaperAccount(parts, wanted, startingBalance)
      }
    }
    return await stillTrue(app, signIns)
  } finally {
    await app.destroy()
    await db.destroy()
  }
}

/** The sign-ins of the demo's users that are here; a password that its owner has changed is left out. */
async function stillTrue(app: Db, signIns: readonly KeptSignIn[]): Promise<DemoSignIn[]> {
  const told: DemoSignIn[] = []
  for (const { email, role, password } of signIns) {
    const user = await findUserByEmail(app, email)
    if (!user) continue
    const isTrue = await isPasswordOf(app, user.id, password)
    told.push({ email, role, ...(isTrue && { password }) })
  }
  return told
}

import { z } from 'zod'
import type { Db } from '#db/client.ts'
import { accountsNamed, isPairKnown } from '#db/for-all.ts'
import { ensureUserHalt, type HaltPlace, type HaltScope, haltableExchanges, symbolKey } from '#db/halts.ts'
import { findUser, findUserByEmail } from '#db/users.ts'
import { Problem } from '../problem.ts'

/** A place of halts and close-alls, how people call it, and whose it is when it is one user's. */
interface NamedPlace extends HaltPlace {
  readonly name: string
  readonly userId?: string
}

/** Every scope, and which of its kind an administrator may name. */
export const placeFields = {
  scope: z.enum(
    ['global', 'exchange', 'user', 'account', 'symbol'],
    'must be global, exchange, user, account or symbol',
  ),
  /** '*' for global, an exchange, a user's id or e-mail, an account's id, a pair such as BTC/USDT. */
  key: z.string().trim().min(1, 'must name which one').max(200),
}

/**
 * Finds what somebody names, and makes sure that it has its halt row.
 * @throws Problem 404 when there is no such thing
 */
export async function placeNamed(
  tx: Db,
  { scope, key }: { readonly scope: HaltScope; readonly key: string },
): Promise<NamedPlace> {
  switch (scope) {
    case 'global':
      if (key !== '*') throw noPlace(scope, key, 'The whole of Bullpen is called *.')
      return { scope, key, name: 'everything' }
    case 'exchange': {
      const known = await haltableExchanges(tx)
      const name = key.toLowerCase()
      if (!known.includes(name)) throw noPlace(scope, key, `There are ${known.join(', ')}.`)
      return { scope, key: name, name }
    }
    case 'user': {
      const user = isId(key) ? await findUser(tx, key) : await findUserByEmail(tx, key)
      if (!user) throw noPlace(scope, key, 'Look at the list of users.')
      await ensureUserHalt(tx, user.id)
      return { scope, key: user.id, name: user.email, userId: user.id }
    }
    case 'account': {
      const account = (await accountsNamed(tx)).find(({ id }) => id === key)
      if (!account) throw noPlace(scope, key, 'Choose one of the list.')
      const { id, name, userId } = account
      return { scope, key: id, name, userId }
    }
    case 'symbol': {
      const pair = symbolKey(key.toUpperCase())
      if (!/^[A-Z0-9]+\/[A-Z0-9]+$/.test(pair) || !(await isPairKnown(tx, pair)))
        throw noPlace(scope, key, 'Name a pair that a signal or a position names, such as BTC/USDT.')
      return { scope, key: pair, name: pair }
    }
  }
}

function noPlace(scope: HaltScope, key: string, advice: string): Problem {
  return new Problem(404, 'no-such-place', `There is no ${scope} ${key}.`, { advice })
}

const isId = (text: string) => z.uuid().safeParse(text).success

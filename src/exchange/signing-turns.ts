import type { Db } from '#db/client.ts'
import { takeSigningTurn } from '#db/key-nonces.ts'
import { messageOf, VenueUnavailable } from '../errors.ts'
import type { Connection } from './connection.ts'

/**
 * The connection of an account whose venue counts what its key signs: one call at a time in the whole cluster, each with
 * greater numbers. The calls of this process wait for each other here, so that they hold one connection to the database.
 * At a venue that goes by the time nothing is changed.
 */
export function inSigningTurns(connection: Connection, db: Db, accountId: string): Connection {
  if (connection.card.nonce === 'time') return connection
  let before: Promise<unknown> = Promise.resolve()
  return {
    ...connection,
    call(client, options, ask) {
      const answer = before.then(async () => {
        const turn = await takeSigningTurn(db, accountId).catch((error: unknown) => {
          throw new VenueUnavailable(`${options.asked} could not be signed: ${messageOf(error)}`, {
            cause: error,
          })
        })
        try {
          return await connection.call(client, options, (venue) => {
            venue.nonce = turn.next
            return ask(venue)
          })
        } finally {
          await turn.end()
        }
      })
      before = answer.catch(() => {})
      return answer
    },
  }
}

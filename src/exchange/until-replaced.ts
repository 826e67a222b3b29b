import { OrderRejected, VenueUnavailable } from '../errors.ts'
import type { Connection } from './connection.ts'

/**
 * The connection of an account for as long as its key is the one that was opened. A key that is refused because its user
 * has replaced it says nothing about the new one: nothing was executed, and the same is asked again with that. `forget`
 * has it opened.
 */
export function untilReplaced(
  connection: Connection,
  isReplaced: () => Promise<boolean>,
  forget: () => void,
): Connection {
  return {
    ...connection,
    async call(client, options, ask) {
      try {
        return await connection.call(client, options, ask)
      } catch (error) {
        if (!(error instanceof OrderRejected) || error.code !== 'invalid-key') throw error
        if (!(await isReplaced().catch(() => false))) throw error
        forget()
        throw new VenueUnavailable(`${options.asked} was signed with a key that has been replaced`, {
          code: 'invalid-key',
          advice: 'asked again with the new key',
          cause: error,
        })
      }
    },
  }
}

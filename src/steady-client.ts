import pg from 'pg'

/**
 * A PostgreSQL connection whose loss ends no process. Whoever has a query on it gets the error; between two queries of a
 * transaction, or while a pool lends it out, nobody listens, and an unheard error event would be the end of the program.
 * The pool replaces it when it comes back.
 */
export class SteadyClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config)
    this.on('error', () => {})
  }
}

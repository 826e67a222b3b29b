import { migrate } from '#db/migrate.ts'
import { startEmbedded } from '../database/embedded.ts'
import { openBackend } from '../queue/backend.ts'
import { nowMs } from './child.ts'

/** Milliseconds until a database with all tables, ours and the queue's, is there; it is stopped again before this resolves. */
export async function startBare(home: string): Promise<number> {
  const beganMs = nowMs()
  const server = await startEmbedded(home)
  try {
    await migrate(server.url)
    const backend = await openBackend({ postgresUrl: server.queueUrl })
    const took = nowMs() - beganMs
    await backend.close()
    return took
  } finally {
    await server.stop()
  }
}

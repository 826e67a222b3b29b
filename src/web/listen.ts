import { createServer, type RequestListener, type Server } from 'node:http'
import { messageOf, systemCode, UserError } from '../errors.ts'

/** Requests that are still being answered when the server is asked to stop get this long. */
const drainMs = 2_000

/** A server that answers. */
export interface Listening {
  readonly port: number
  /** Takes no more connections, lets what runs end within 2 s, then cuts. */
  close(): Promise<void>
}

/**
 * Listens on all interfaces, as platforms expect; port 0 picks a free one. `variable` is where the port was set.
 * @throws UserError with one line when the port is taken or not allowed.
 */
export async function listen(
  handler: RequestListener,
  port: number,
  { variable = 'PORT' }: { readonly variable?: 'PORT' | 'METRICS_PORT' } = {},
): Promise<Listening> {
  const server = createServer(handler)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(variable, port, error)))
    server.listen(port, resolve)
  })
  const address = server.address()
  return { port: typeof address === 'object' && address ? address.port : port, close: () => close(server) }
}

function cannotListen(variable: string, port: number, error: Error): UserError {
  const why = systemCode(error) === 'EADDRINUSE' ? 'another program uses it' : messageOf(error)
  return new UserError(`${variable}=${port} cannot be listened on: ${why}. Set ${variable} to a free one.`, {
    cause: error,
  })
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  const cut = setTimeout(() => server.closeAllConnections(), drainMs)
  server.closeIdleConnections()
  await closed
  clearTimeout(cut)
}

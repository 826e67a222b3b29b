import { createServer } from 'node:net'
import { systemCode, UserError } from '../errors.ts'

/**
 * Makes sure that a server will be able to listen on `port`, before anything else is started for it.
 * @throws UserError when the port is taken or not allowed.
 */
export async function requireFreePort(port: number): Promise<void> {
  const code = await refusal(port)
  if (code === 'EADDRINUSE')
    throw new UserError(
      `Port ${port} is already in use: set PORT to a free one, for instance PORT=${port + 1}`,
    )
  if (code !== undefined)
    throw new UserError(
      `Port ${port} cannot be listened on (${code}): set PORT to another one, for instance PORT=3000`,
    )
}

/** `preferred` while nobody listens there, else any free port of the loopback interface. */
export async function loopbackPort(preferred: number): Promise<number> {
  if ((await refusal(preferred, '127.0.0.1')) === undefined) return preferred
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? address.port : preferred
}

function refusal(port: number, host?: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => resolve(systemCode(error) ?? error.message))
    server.listen(port, host, () => server.close(() => resolve(undefined)))
  })
}

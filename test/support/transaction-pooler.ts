import { connect, createServer, type Socket } from 'node:net'
import { afterAll } from 'vitest'

/**
 * A pooler that gives each statement to whatever server connection comes next, as one in transaction mode may. It lets clients sign
 * in by themselves and understands simple statements alone. Returns the database's address through it.
 */
export async function transactionPooler(databaseUrl: string): Promise<string> {
  const to = new URL(databaseUrl)
  const servers: Socket[] = []
  const sockets: Socket[] = []
  let statements = 0
  const listener = createServer((client) => {
    const own = connect(Number(to.port), to.hostname)
    sockets.push(client, own)
    for (const socket of [client, own]) socket.on('error', () => {})
    let isSignedIn = false
    own.on('data', (bytes) => {
      if (!isSignedIn) {
        client.write(bytes)
        // ReadyForQuery ends the sign-in: from here on others may use this connection.
        if (bytes.includes(Buffer.from('Z\0\0\0\x05I', 'latin1'))) {
          isSignedIn = true
          servers.push(own)
        }
      }
    })
    client.on('data', (bytes) => {
      if (!isSignedIn) return void own.write(bytes)
      if (bytes[0] !== 'Q'.charCodeAt(0)) return void client.end()
      // Two clients that speak in turn change places every second time.
      const server = servers[[0, 1, 1, 0][statements++ % 4] ?? 0] ?? own
      const answer = (chunk: Buffer) => {
        client.write(chunk)
        if (chunk.includes(Buffer.from('Z\0\0\0\x05I', 'latin1'))) server.off('data', answer)
      }
      server.on('data', answer)
      server.write(bytes)
    })
    client.on('close', () => {
      if (!isSignedIn) own.destroy()
    })
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  afterAll(() => {
    for (const socket of sockets) socket.destroy()
    listener.close()
  })
  const address = listener.address()
  const through = new URL(databaseUrl)
  through.host = `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  return through.href
}

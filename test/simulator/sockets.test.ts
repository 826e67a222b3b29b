import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type Sockets, takeSockets } from '#src/simulator/sockets.ts'
import type { StreamRequest, StreamSocket } from '#src/simulator/venues/venue.ts'

let sockets: Sockets
let url: string
let stop: () => Promise<void>
let errors: unknown[]
const heard: { request: StreamRequest; socket: StreamSocket }[] = []

beforeEach(async () => {
  errors = []
  heard.length = 0
  const server = createServer()
  const connect = (request: StreamRequest, socket: StreamSocket) => {
    heard.push({ request, socket })
    socket.onMessage((text) => {
      if (text === 'break') throw new Error('a venue that breaks')
      socket.send(`${request.path} ${text}`)
    })
  }
  sockets = takeSockets(
    server,
    (path) => (path.startsWith('/other') ? undefined : { name: path.slice(1, 4), connect }),
    (error) => errors.push(error),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
  stop = () =>
    new Promise((resolve) => {
      sockets.cut()
      server.close(() => resolve())
    })
})
afterEach(() => stop())

const closed = (client: WebSocket) => new Promise<number>((resolve) => client.once('close', resolve))
const opened = (client: WebSocket) =>
  new Promise<WebSocket>((resolve, reject) => {
    client.once('open', () => resolve(client))
    client.once('error', reject)
  })
const told = (client: WebSocket) =>
  new Promise<string>((resolve) => client.once('message', (bytes) => resolve(String(bytes))))

test('a path nobody takes is refused before the connection opens', async () => {
  await expect(opened(new WebSocket(`${url}/other/ws`))).rejects.toThrow('404')
  expect(heard).toHaveLength(0)
})

test('a venue that breaks ends that connection alone, and the error is told', async () => {
  const [one, two] = await Promise.all([
    opened(new WebSocket(`${url}/abc`)),
    opened(new WebSocket(`${url}/abc`)),
  ])
  const end = closed(one)
  one.send('break')
  await end
  expect(errors).toEqual([new Error('a venue that breaks')])
  two.send('still here')
  expect(await told(two)).toBe('/abc still here')
})

test('frames go both ways, and the path and the query of the connection are known', async () => {
  const client = await opened(new WebSocket(`${url}/abc/ws?streams=a/b`))
  client.send('hello')
  expect(await told(client)).toBe('/abc/ws hello')
  expect(heard[0]?.request).toMatchObject({ path: '/abc/ws', query: 'streams=a/b' })
})

test('connections are cut by the name of their taker, and what is sent to one that has ended goes nowhere', async () => {
  const [abc, xyz] = await Promise.all([
    opened(new WebSocket(`${url}/abc`)),
    opened(new WebSocket(`${url}/xyz`)),
  ])
  const end = closed(abc)
  expect(sockets.cut('abc')).toBe(1)
  expect(await end).toBe(1006)
  for (const { socket } of heard) socket.send('anyone?')
  expect(await told(xyz)).toBe('anyone?')
})

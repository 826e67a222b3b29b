import { createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { openBackend } from '#src/queue/backend.ts'
import { testDatabase } from '#test/support/database.ts'
import { lossyProxy } from '#test/support/lossy-proxy.ts'

test('a queue whose first connection to PostgreSQL fails works as soon as there is one', async () => {
  const { url } = await testDatabase()
  const wire = await lossyProxy(url)
  const way = new URL(url)
  way.port = new URL(wire.url).port
  const backend = await openBackend({ postgresUrl: way.href })
  await wire.shut()
  const broken = createServer((socket: Socket) => void socket.resetAndDestroy())
  await new Promise<void>((resolve) => broken.listen(Number(way.port), '127.0.0.1', resolve))

  const { promise: taken, resolve: take } = Promise.withResolvers<unknown>()
  const { promise: failed, resolve: fail } = Promise.withResolvers<void>()
  const queue = backend.queue('first')
  const worker = backend.worker('first', async ({ data }) => take(data), {})
  worker.on('error', () => fail())
  await failed
  await expect(queue.add('early', {})).rejects.toThrow()
  await new Promise((resolve) => broken.close(resolve))
  await wire.reopen()

  await expect
    .poll(
      () =>
        queue.add('late', { n: 1 }).then(
          () => true,
          () => false,
        ),
      { timeout: 20_000 },
    )
    .toBe(true)
  expect(await taken).toEqual({ n: 1 })
  await worker.close()
  await queue.close()
  await backend.close()
})

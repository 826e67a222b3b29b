import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { connect } from '#db/client.ts'
import { readConfig } from '#src/config.ts'
import { createUser } from '#src/web/sign-in.ts'
import { runWeb } from '#workers/web.ts'
import { testDatabase } from '../support/database.ts'

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

async function configFor(port: number) {
  const { url } = await testDatabase()
  const config = readConfig({
    DATABASE_URL: url,
    SECRET_KEY: 's'.repeat(32),
    PORT: `${port}`,
    LOG_LEVEL: 'silent',
  })
  return {
    ...config,
    databaseUrl: url,
    queueUrl: url,
    simulatorUrl: 'http://127.0.0.1:1',
    secretKey: 's'.repeat(32),
  }
}

test('the web process serves until it is told to stop', async () => {
  const port = await freePort()
  const stop = new AbortController()
  const running = runWeb({ config: await configFor(port), signal: stop.signal })
  await expect
    .poll(() =>
      fetch(`http://127.0.0.1:${port}/healthz`).then(
        (response) => response.status,
        () => 0,
      ),
    )
    .toBe(200)
  stop.abort()
  await running
  await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow()
})

test('open streams end with the process', async () => {
  const port = await freePort()
  const config = await configFor(port)
  const app = connect(config.databaseUrl, 'bullpen_app', { max: 1 })
  const user = {
    email: 'ada@example.test',
    password: 'correct horse battery',
    name: 'Ada',
    role: 'user',
  } as const
  await createUser(app, user)
  await app.destroy()
  const stop = new AbortController()
  const running = runWeb({ config, signal: stop.signal })
  const origin = `http://127.0.0.1:${port}`
  await expect
    .poll(() =>
      fetch(`${origin}/healthz`).then(
        (response) => response.status,
        () => 0,
      ),
    )
    .toBe(200)
  const signedIn = await fetch(`${origin}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify(user),
  })
  const stream = await fetch(`${origin}/api/v1/events`, {
    headers: { cookie: signedIn.headers.get('set-cookie') ?? '' },
  })
  expect(stream.status).toBe(200)
  const text = stream.text()
  stop.abort()
  await running
  expect(await text).toContain('event: overview')
})

test('a taken port is one clear line', async () => {
  const port = await freePort()
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(port, resolve))
  const running = runWeb({ config: await configFor(port), signal: new AbortController().signal })
  await expect(running).rejects.toThrow(
    `PORT=${port} cannot be listened on: another program uses it. Set PORT to a free one.`,
  )
  other.close()
})

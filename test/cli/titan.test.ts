import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { httpTitan } from '#src/signals/titan/http.ts'
import { completion, opinion, question, stubServer } from '../signals/titan/support/stub.ts'
import { commandLine } from '../support/command.ts'
import { temporaryHome } from '../support/home.ts'
import { runNode } from '../support/program.ts'

const bullpen = commandLine({})
const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const stub = await stubServer()

test('without a model there is nothing to serve', async () => {
  const { code, stderr } = await bullpen(['titan'])
  expect(code).toBe(1)
  expect(stderr).toMatch(/^TITAN_MODEL says which model answers: .*\n$/)
})

test('a model without its provider is refused by name', async () => {
  const { code, stderr } = await bullpen(['titan'], { env: { TITAN_MODEL: 'gpt-5' } })
  expect(code).toBe(1)
  expect(stderr).toBe('TITAN_MODEL=gpt-5 must be openai:<model>, anthropic:<model> or ollama:<model>\n')
})

test('beyond this machine it listens only with a key', async () => {
  const { code, stderr } = await bullpen(['titan', '--host', '0.0.0.0'], { env: { TITAN_MODEL: 'ollama:m' } })
  expect(code).toBe(1)
  expect(stderr).toMatch(/^--host 0\.0\.0\.0 .*set TITAN_KEY/)
})

test('it answers from a model and ends when it is told to', async () => {
  stub.answer = () => completion(JSON.stringify({ signals: [opinion] }))
  const place = temporaryHome()
  const program = runNode([main, 'titan', '--port', '0'], {
    cwd: place.folder,
    env: {
      TITAN_MODEL: 'openai:m',
      TITAN_MODEL_URL: stub.url,
      TITAN_MODEL_KEY: 'key-of-model',
      TITAN_KEY: 'key-of-titan',
    },
  })
  afterAll(() => {
    program.kill('SIGKILL')
    place.remove()
  })
  const [url = ''] = await program.until(/http:\/\/127\.0\.0\.1:\d+\//)
  const { signal } = new AbortController()
  expect(await httpTitan({ url, key: 'key-of-titan' }).ask(question, signal)).toEqual({ signals: [opinion] })
  expect(stub.heard[0]?.headers.authorization).toBe('Bearer key-of-model')
  await expect(httpTitan({ url, key: 'another' }).ask(question, signal)).rejects.toThrow('HTTP 401')
  program.kill('SIGTERM')
  const { code, output } = await program.ended
  expect(code).toBe(0)
  expect(output).not.toContain('key-of')
})

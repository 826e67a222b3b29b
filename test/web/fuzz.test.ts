import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { idsOf } from '../support/api-samples.ts'
import { Fuzzer, type Hit, type Shot, shoot, type Target } from '../support/fuzz.ts'
import { type TestWeb, testWeb } from '../support/web.ts'

// FUZZ_REQUESTS=100000 npx vitest run test/web/fuzz.test.ts --test-timeout 0 is the long run; FUZZ_SEED explores others.
const requests = Number(process.env.FUZZ_REQUESTS ?? 3_000)
const seed = Number(process.env.FUZZ_SEED ?? 1)
const atOnce = 8

/** A request that has not been answered by then hangs. */
const patienceMs = 30_000

let web: TestWeb
let folder: string
const agent = new http.Agent({ keepAlive: true, maxSockets: atOnce })

beforeAll(async () => {
  // A page of its own: without a built dashboard every page is 503.
  folder = mkdtempSync(path.join(tmpdir(), 'bullpen-fuzz-'))
  writeFileSync(path.join(folder, 'index.html'), '<!doctype html><title>Bullpen</title>')
  web = await testWeb(folder, { most: 1_000_000_000, windowSeconds: 60 })
})
afterAll(() => {
  agent.destroy()
  rmSync(folder, { recursive: true })
})

test(`whatever is sent, nothing breaks and nothing hangs (${requests} requests)`, {
  timeout: 600_000,
}, async () => {
  const target = (await (await fetch(`${web.origin}/api/openapi.json`)).json()) as Target
  const ids = (await idsOf(web, web.ben.id)).slice(0, 60)
  const fuzzer = new Fuzzer(target, [...ids, ...(await idsOf(web, web.ada.id)).slice(0, 10)], seed)
  let who = { cookie: await web.signIn(web.ben) }
  const counts = new Map<number, number>()
  const broken: { shot: Shot; hit: Hit }[] = []
  let slowest: { shot: Shot; ms: number } | undefined
  let left = requests
  let signedOut = 0

  async function shooter(): Promise<void> {
    while (left > 0) {
      left -= 1
      const shot = fuzzer.next(web.origin, who)
      const hit = await shoot(web.origin, shot, agent, patienceMs).catch((error) => {
        throw new Error(`${shot.method} ${shot.path.slice(0, 200)}: ${error.message}`, { cause: error })
      })
      counts.set(hit.status, (counts.get(hit.status) ?? 0) + 1)
      if (hit.status >= 500 || !isWellAnswered(shot, hit)) broken.push({ shot, hit })
      if (slowest === undefined || hit.ms > slowest.ms) slowest = { shot, ms: hit.ms }
      // What it does to its own session is fair; then somebody signs in again.
      if (hit.status === 401 && shot.headers.authorization === undefined && ++signedOut % 20 === 0) {
        await web.database.query('delete from auth."rateLimit"')
        who = { cookie: await web.signIn(web.ben).catch(() => who.cookie) }
      }
    }
  }

  const startedAt = performance.now()
  await Promise.all(Array.from({ length: atOnce }, shooter))
  const seconds = (performance.now() - startedAt) / 1_000
  if (process.env.FUZZ_REQUESTS)
    console.log(
      `${requests} requests in ${seconds.toFixed(1)} s, slowest ${slowest?.ms.toFixed(0)} ms (${slowest?.shot.method} ${slowest?.shot.path.slice(0, 80)}), by status`,
      Object.fromEntries([...counts].sort(([a], [b]) => a - b)),
    )
  expect(broken.slice(0, 5).map(shown)).toEqual([])
  const share = (status: number) => (counts.get(status) ?? 0) / requests
  // It would prove little if nobody were let in, or if nothing were ever understood.
  expect(share(401)).toBeLessThan(0.3)
  expect(share(200)).toBeGreaterThan(0.05)
  expect(share(400)).toBeGreaterThan(0.05)
  expect((await fetch(`${web.origin}/healthz`)).status).toBe(200)
  const cookie = await signInAgain()
  expect((await fetch(`${web.origin}/api/v1/me`, { headers: { cookie } })).status).toBe(200)
})

async function signInAgain(): Promise<string> {
  await web.database.query('delete from auth."rateLimit"')
  return web.signIn(web.ada)
}

/** What fails under /api/v1 says so as a problem, with an advice and without anything of the inside. */
function isWellAnswered({ method, path }: Shot, { status, type, text }: Hit): boolean {
  if (!path.startsWith('/api/v1/') || status < 400 || status === 431 || method === 'HEAD') return true
  if (!type.startsWith('application/problem+json')) return false
  const problem = JSON.parse(text) as { code?: string; advice?: string }
  return Boolean(problem.code && problem.advice) && !/node_modules|\.ts:\d|select |insert into/.test(text)
}

function shown({ shot, hit }: { shot: Shot; hit: Hit }) {
  const { method, path, headers, body } = shot
  return {
    request: `${method} ${path.slice(0, 300)}`,
    headers: Object.fromEntries(
      Object.entries(headers)
        .filter(([name]) => name !== 'cookie')
        .map(([name, value]) => [name, value.slice(0, 60)]),
    ),
    body: String(body ?? '').slice(0, 300),
    answer: `${hit.status} ${hit.text.slice(0, 300)}`,
    log: web.lines.findLast((line) => line.includes('request failed'))?.slice(0, 1_500),
  }
}

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll } from 'vitest'
import { stringify } from 'yaml'
import { loopbackPort } from '#src/supervisor/port.ts'
import { runProgram } from './program.ts'

/** Whether this machine has Prometheus; without it nothing can say whether a query is one. */
export const hasPrometheus = spawnSync('prometheus', ['--version']).status === 0

/** A Prometheus that scrapes every second. */
export interface Prometheus {
  /** The series that an expression gives now. @throws with its own words when it takes the expression for none. */
  query(
    expression: string,
  ): Promise<readonly { readonly metric: Readonly<Record<string, string>>; value: number }[]>
  /** The rules it has loaded, with the health of each. */
  rules(): Promise<readonly { readonly name: string; readonly query: string; readonly health: string }[]>
}

interface Answer<D> {
  readonly status: 'success' | 'error'
  readonly error?: string
  readonly data: D
}

/** Starts one for the calling test file, on loopback, with rules of the tree; it is ended after the file. */
export async function startPrometheus(targets: readonly string[], ruleFile: string): Promise<Prometheus> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bullpen-prometheus-'))
  const port = await loopbackPort(9090)
  writeFileSync(
    path.join(folder, 'prometheus.yml'),
    stringify({
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [ruleFile],
      scrape_configs: [{ job_name: 'bullpen', static_configs: [{ targets }] }],
    }),
  )
  const program = runProgram(
    'prometheus',
    [
      `--config.file=${path.join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${path.join(folder, 'store')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { cwd: folder },
  )
  afterAll(async () => {
    program.kill('SIGTERM')
    await program.ended
    rmSync(folder, { recursive: true, force: true })
  })
  await program.until(/Server is ready to receive web requests/)
  const ask = async <D>(question: string): Promise<D> => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/${question}`)
    const answer = (await response.json()) as Answer<D>
    if (answer.status === 'error') throw new Error(answer.error)
    return answer.data
  }
  return {
    async query(expression) {
      const { result } = await ask<{
        result: { metric: Record<string, string>; value: [number, string] }[]
      }>(`query?query=${encodeURIComponent(expression)}`)
      return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }))
    },
    async rules() {
      const { groups } = await ask<{
        groups: { rules: { name: string; query: string; health: string }[] }[]
      }>('rules')
      return groups.flatMap(({ rules }) => rules)
    },
  }
}

/** Resolves with what is found once something is. */
export async function untilFound<T>(find: () => Promise<readonly T[]>): Promise<readonly T[]> {
  for (;;) {
    const found = await find()
    if (found.length > 0) return found
    await sleep(250)
  }
}

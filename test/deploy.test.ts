import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { queueNames } from '#src/queue/contracts.ts'
import { machineRoles } from '#src/supervisor/roles.ts'

const root = path.join(import.meta.dirname, '..')
const textOf = (file: string) => readFileSync(path.join(root, file), 'utf8')

/** The Procfile: each process and its command. */
const procfile = new Map(
  textOf('Procfile')
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [, name = '', command = ''] = /^([a-z]+): (.+)$/.exec(line) ?? []
      return [name, command.split(' ')]
    }),
)

interface Service {
  readonly command?: string[]
  readonly image?: string
}
const compose = new Map<string, Service>(
  Object.entries(parse(textOf('docker/compose.yaml'), { merge: true }).services),
)
const composed = [...compose.values()]
  .filter(({ image }) => image === 'bullpen')
  .map(({ command }) => command ?? [])

interface RenderService {
  readonly type: string
  readonly name: string
  readonly dockerCommand?: string
  readonly preDeployCommand?: string
  readonly envVars: readonly { readonly key?: string; readonly fromGroup?: string }[]
}
const render: { services: RenderService[] } = parse(textOf('docs/deploy/render.yaml'), { merge: true })
const rendered = render.services.flatMap(({ dockerCommand, preDeployCommand }) =>
  [dockerCommand, preDeployCommand].filter((text) => text !== undefined).map((text) => text.split(' ')),
)

const fly = textOf('docs/deploy/fly.toml')
const flown = [...fly.matchAll(/^(?:[a-z]+|release_command) = "(node bin\.mjs [^"]+)"$/gm)].map(
  ([, command = '']) => command.split(' '),
)

const help = spawnSync(process.execPath, [path.join(root, 'bin.mjs'), '--help'], { encoding: 'utf8' }).stdout
const known = [...help.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name]) => name)

const queuesIn = (command: readonly string[]) => {
  const at = command.indexOf('--queues')
  return at < 0 ? [] : (command[at + 1] ?? '').split(',')
}

describe.each([
  ['the Procfile', [...procfile.values()]],
  ['compose.yaml', composed],
  ['render.yaml', rendered],
  ['fly.toml', flown],
])('%s', (_, commands) => {
  test('has a worker for each queue, and names no other', () => {
    expect(commands.flatMap(queuesIn).sort()).toEqual([...queueNames].sort())
  })

  test('runs commands that exist, with their migrations and the web among them', () => {
    for (const command of commands) {
      expect(command.slice(0, 2)).toEqual(['node', 'bin.mjs'])
      expect(known).toContain(command[2])
      expect(command.slice(3).filter((word) => word.startsWith('--'))).toEqual(
        command[2] === 'worker' ? ['--queues'] : [],
      )
    }
    expect(commands.map((command) => command[2])).toEqual(expect.arrayContaining(['migrate', 'web']))
  })
})

test('the workers of one machine take every queue, each in one of them', () => {
  expect(
    machineRoles()
      .flatMap(({ args }) => queuesIn(args))
      .sort(),
  ).toEqual([...queueNames].sort())
})

test('what stops a worker waits longer than it takes to finish', () => {
  const drainS = 18
  for (const [name, service] of compose)
    if (service.image === 'bullpen')
      expect([
        name,
        Number.parseInt((service as { stop_grace_period?: string }).stop_grace_period ?? '0', 10),
      ]).toEqual([name, expect.toSatisfy((seconds: number) => seconds > drainS)])
  expect(Number(/kill_timeout = "(\d+)s"/.exec(fly)?.[1])).toBeGreaterThan(drainS)
  expect(JSON.parse(textOf('docs/deploy/railway.json')).deploy.drainingSeconds).toBeGreaterThan(drainS)
  expect(
    Number(/^TimeoutStopSec=(\d+)$/m.exec(textOf('docs/deploy/systemd/bullpen@.service'))?.[1]),
  ).toBeGreaterThan(drainS)
})

describe('systemd', () => {
  const folder = 'docs/deploy/systemd'
  const units = readdirSync(path.join(root, folder))
  const isInstalled = spawnSync('systemd-analyze', ['--version']).status === 0
  if (!isInstalled) console.log('systemd-analyze is not installed: the units are not verified')

  test('the target starts every process of the Procfile but the release and the simulator', () => {
    const wanted = [...textOf(`${folder}/bullpen.target`).matchAll(/^Wants=bullpen@(.+)\.service$/gm)].map(
      ([, name]) => name,
    )
    expect(wanted).toEqual([...procfile.keys()].filter((name) => !['release', 'simulator'].includes(name)))
  })

  test.runIf(isInstalled)('its own linter finds nothing against the units', () => {
    const copies = mkdtempSync(path.join(tmpdir(), 'bullpen-units-'))
    try {
      for (const unit of units) {
        // Where the programs lie on this machine, and an instance of the template.
        const text = textOf(`${folder}/${unit}`).replaceAll(
          '/opt/bullpen/app/node_modules/.bin/node',
          process.execPath,
        )
        writeFileSync(path.join(copies, unit), text)
      }
      copyFileSync(path.join(copies, 'bullpen@.service'), path.join(copies, 'bullpen@monitor.service'))
      const checked = units.map((unit) => path.join(copies, unit.replace('@.', '@monitor.')))
      const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', ...checked], {
        encoding: 'utf8',
      })
      const ours = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('bullpen'))
      expect({ status, ours }).toEqual({ status: 0, ours: [] })
    } finally {
      rmSync(copies, { recursive: true })
    }
  })

  test('an instance runs the line of the Procfile that is called like it', () => {
    const [, script = ''] =
      /^ExecStart=\/bin\/sh -c '(.+)'$/m.exec(textOf(`${folder}/bullpen@.service`)) ?? []
    const echoed = script.replaceAll('%i', 'monitor').replaceAll('$$', '$').replace('exec ', 'echo ')
    const { stdout } = spawnSync('/bin/sh', ['-c', echoed], { cwd: root, encoding: 'utf8' })
    expect(stdout.trim()).toBe(procfile.get('monitor')?.join(' '))
  })
})

test('every file that the guides name is there', () => {
  for (const guide of readdirSync(path.join(root, 'docs/deploy')).filter((name) => name.endsWith('.md')))
    for (const [, target = ''] of textOf(`docs/deploy/${guide}`).matchAll(/\]\((?!https?:)([^)#]+)\)/g))
      expect(() => readdirOrRead(path.join(root, 'docs/deploy', target)), `${guide}: ${target}`).not.toThrow()
  for (const [, name = ''] of textOf('docs/runbook.md').matchAll(/`(test\/[\w/.-]+)`/g))
    expect(() => readdirOrRead(path.join(root, name)), name).not.toThrow()
})

test('every command that the guides and the runbook show exists', () => {
  const texts = [...readdirSync(path.join(root, 'docs/deploy')).filter((name) => name.endsWith('.md'))].map(
    (name) => textOf(`docs/deploy/${name}`),
  )
  const shown = [...texts, textOf('docs/runbook.md')]
    .join('\n')
    .matchAll(/(?:npx bullpen|node bin\.mjs) ([a-z][a-z-]*)/g)
  const names = new Set([...shown].map(([, name]) => name))
  expect(names.size).toBeGreaterThan(8)
  for (const name of names) expect(known).toContain(name)
})

function readdirOrRead(target: string): void {
  try {
    readFileSync(target)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throw error
  }
}

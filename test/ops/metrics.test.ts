import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { loopbackPort } from '#src/supervisor/port.ts'
import { queueAddress } from '../support/backends.ts'
import { openCrew } from '../support/crew.ts'
import { openFloor } from '../support/floor.ts'
import { hasPrometheus, startPrometheus, untilFound } from '../support/prometheus.ts'

const docker = path.join(import.meta.dirname, '../../docker')
const ruleFile = path.join(docker, 'prometheus/alerts.yml')
const rules = (
  parse(readFileSync(ruleFile, 'utf8')) as { groups: { rules: { alert: string; expr: string }[] }[] }
).groups.flatMap((group) => group.rules)
const board = JSON.parse(readFileSync(path.join(docker, 'grafana/bullpen.json'), 'utf8')) as {
  panels: { id: number; title: string; targets?: { expr: string }[] }[]
}
const panels = board.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })))

if (!hasPrometheus)
  console.log('no prometheus on this machine: queries of panels and rules are compared by name alone')

test('every panel of the dashboard has its own number', () => {
  expect(new Set(board.panels.map(({ id }) => id)).size).toBe(board.panels.length)
})

test('Prometheus asks every process that serves metrics in compose.yaml', () => {
  const { services } = parse(readFileSync(path.join(docker, 'compose.yaml'), 'utf8'), { merge: true }) as {
    services: Record<string, { environment?: { METRICS_PORT?: number } }>
  }
  const ports = Object.values(services).flatMap(({ environment }) => environment?.METRICS_PORT ?? [])
  const { scrape_configs: jobs } = parse(
    readFileSync(path.join(docker, 'prometheus/prometheus.yml'), 'utf8'),
  ) as {
    scrape_configs: { static_configs: { targets: string[] }[] }[]
  }
  const targets = jobs.flatMap((job) => job.static_configs.flatMap((group) => group.targets))
  expect(targets).toEqual(['web:3000', ...ports.map((port) => `simulator:${port}`)])
})

describe('a worker under Prometheus', async () => {
  const floor = await openFloor()
  const trader = await floor.trader({ market: 'spot' })
  // A fill, so that what is measured on the way to one has been measured.
  await floor.enter(trader, { base: 'BTC', quantity: '0.01' })
  const metricsPort = await loopbackPort(9464)
  const crew = await openCrew(floor)
  await crew.start(
    ['maintenance', 'monitor', 'accounts', 'orders-binance', 'exits-binance'],
    await queueAddress('postgres'),
    { METRICS_PORT: String(metricsPort), MONITOR_SHARDS: '1' },
  )
  const prometheus = hasPrometheus ? await startPrometheus([`127.0.0.1:${metricsPort}`], ruleFile) : undefined
  const query = async (expression: string) => (await prometheus?.query(expression)) ?? []
  if (prometheus) {
    // A rate needs two scrapes in which the series is there: the way to a fill has been gone by then.
    await untilFound(() => query('rate(bullpen_decision_to_fill_seconds_count[1m])'))
    await untilFound(() => query('rate(bullpen_tick_to_decision_seconds_count[1m])'))
  }

  const read = async () => (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()

  test('tells every metric that a panel or a rule asks for, with the labels they name', async () => {
    const text = await read()
    const known = new Set(
      [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name, type]) =>
        type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
      ),
    )
    const asked = [...panels, ...rules].flatMap(({ expr }) => expr.match(/\bbullpen_\w+/g) ?? [])
    expect(asked.length).toBeGreaterThan(20)
    expect([...new Set(asked)].filter((name) => !known.has(name))).toEqual([])
    expect([...known].filter((name) => !name?.startsWith('bullpen_'))).toEqual([])
  })

  describe.skipIf(!hasPrometheus)('which', () => {
    test.each(panels)('draws the panel $title: $expr', async ({ expr }) => {
      expect((await untilFound(() => query(expr))).length).toBeGreaterThan(0)
    })

    test('takes every rule, none of which is wrong', async () => {
      const loaded = await untilFound(async () =>
        ((await prometheus?.rules()) ?? []).filter(({ health }) => health !== 'unknown'),
      )
      expect(loaded.map(({ name }) => name).sort()).toEqual(rules.map(({ alert }) => alert).sort())
      expect(loaded.filter(({ health }) => health !== 'ok')).toEqual([])
    })
  })
})

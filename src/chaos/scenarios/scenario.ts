import type { Spread } from '../percentile.ts'

/** What a scenario is asked for. */
export interface ScenarioOptions {
  readonly seed: number
  /** Where the queue lives, in scenarios that are about something else than that. */
  readonly backend: 'redis' | 'postgres'
  /** How often it happens: rounds, halts, orders or attempts, by the scenario. */
  readonly times: number
  /** Worker processes; evaluators where there are none. */
  readonly workers: number
  /** Where the workers' output is kept; in a folder that is removed by default. */
  readonly logs?: string
  readonly say: (line: string) => void
  readonly signal?: AbortSignal
}

/** One kind of fault alone, under load, and what it must not do. */
export interface Scenario {
  readonly times: number
  readonly workers: number
  play(options: ScenarioOptions, closing: AsyncDisposableStack): Promise<Played>
}

/** What happened, as far as the scenario itself knows. */
export interface Played {
  /** Harm by what it is; all 0 when the promise holds. */
  readonly harm: Readonly<Record<string, number>>
  /** What was measured, with units in the names. */
  readonly figures: Readonly<Record<string, number | Spread>>
  /** One line for each harm. */
  readonly findings: readonly string[]
  /** Why it proves nothing; undefined when it does. */
  readonly void: string | undefined
}

/** The report of one scenario; as JSON, what the command writes. */
export interface ScenarioReport extends Played {
  readonly scenario: string
  readonly verdict: 'passed' | 'failed' | 'void'
  readonly plan: Pick<ScenarioOptions, 'seed' | 'backend' | 'times' | 'workers'>
  readonly seconds: number
}

/** Plays a scenario from an empty field to its report. Rejects as soon as the signal aborts. */
export async function playScenario(
  name: string,
  { play }: Scenario,
  options: ScenarioOptions,
): Promise<ScenarioReport> {
  await using closing = new AsyncDisposableStack()
  const { promise: stopped, reject } = Promise.withResolvers<never>()
  options.signal?.addEventListener('abort', () => reject(options.signal?.reason))
  const startedMs = performance.now()
  const played = await Promise.race([play(options, closing), stopped])
  const { seed, backend, times, workers } = options
  return {
    scenario: name,
    verdict: verdictOf(played),
    plan: { seed, backend, times, workers },
    ...played,
    seconds: Math.round((performance.now() - startedMs) / 100) / 10,
  }
}

function verdictOf({ harm, void: why }: Played): ScenarioReport['verdict'] {
  if (Object.values(harm).some((count) => count > 0)) return 'failed'
  return why === undefined ? 'passed' : 'void'
}

/** The report in one line for people, and one more for each harm. */
export function lineOf({
  scenario,
  verdict,
  harm,
  figures,
  findings,
  seconds,
  void: why,
}: ScenarioReport): string {
  const counts = Object.entries(harm).map(([what, count]) => `${count} ${worded(what)}`)
  const measured = Object.entries(figures).map(([what, figure]) =>
    typeof figure === 'number'
      ? `${worded(what)} ${figure}`
      : `${worded(what)} ${figure.p50} (p50) ${figure.p99} (p99) ${figure.max} (most)`,
  )
  const line = `${scenario} ${verdict}${why === undefined ? '' : ` (${why})`}: ${[...counts, ...measured].join(', ')}; ${seconds} s`
  return [line, ...findings.map((finding) => `  ! ${finding}`)].join('\n')
}

/** 'lateEffects' as 'late effects'; a unit stands behind an underscore. */
function worded(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replace(/_(\w+)$/, ' [$1]')
}

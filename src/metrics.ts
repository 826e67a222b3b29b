import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** What this process measures, in the text format of Prometheus. Names begin with `bullpen_`; times are seconds. */
const registry = new Registry()
const registers = [registry]

const milliseconds = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const untilMinutes = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120]

/** How long handlers run, by how they ended: done, failed. */
export const jobSeconds = new Histogram({
  name: 'bullpen_job_seconds',
  help: 'Time a handler ran, by queue, job and outcome',
  labelNames: ['queue', 'job', 'outcome'],
  buckets: untilMinutes,
  registers,
})

/** From the moment a job was due until a worker began with it. */
export const jobWaitSeconds = new Histogram({
  name: 'bullpen_job_wait_seconds',
  help: 'Time from when a job was due until a worker began with it, by queue',
  labelNames: ['queue'],
  buckets: milliseconds,
  registers,
})

/** What venues are asked, and how long they take to answer. */
export const venueSeconds = new Histogram({
  name: 'bullpen_venue_request_seconds',
  help: 'Time until a venue answered, by exchange and kind of request, refusals included',
  labelNames: ['exchange', 'kind'],
  buckets: milliseconds,
  registers,
})

/** What venues refused or did not answer. */
export const venueErrors = new Counter({
  name: 'bullpen_venue_errors_total',
  help: 'Requests that a venue refused or did not answer, by exchange, kind of request and code',
  labelNames: ['exchange', 'kind', 'code'],
  registers,
})

/** What was taken of the venues' limits, in their own units. */
export const venueWeight = new Counter({
  name: 'bullpen_venue_weight_total',
  help: 'Taken of the limits of a venue, in its own units, by place and limit',
  labelNames: ['place', 'limit'],
  registers,
})

/** What the venues' limits give back a second: the rate of the weight divided by it is the share in use. */
export const venueCapacity = new Gauge({
  name: 'bullpen_venue_capacity_per_second',
  help: 'What a limit of a venue gives back each second, in its own units, by place and limit',
  labelNames: ['place', 'limit'],
  registers,
})

/** How old the price was when a position was evaluated on it. */
export const tickToDecisionSeconds = new Histogram({
  name: 'bullpen_tick_to_decision_seconds',
  help: 'Age of the price, from when it was asked for, at the moment a position was evaluated on it',
  buckets: milliseconds,
  registers,
})

/** From the moment an order was planned until its first fill was booked. */
export const decisionToFillSeconds = new Histogram({
  name: 'bullpen_decision_to_fill_seconds',
  help: 'Time from when an order was planned until its first fill was booked, by purpose and type',
  labelNames: ['purpose', 'type'],
  buckets: untilMinutes,
  registers,
})

/** A question that has not been answered by then is left out: the rest of the metrics does not wait for it. */
const patienceMs = 5_000

/** Sets one series of a gauge. */
type SetSeries<L extends string> = (labels: Readonly<Record<L, string>>, value: number) => void

/**
 * A gauge that is found out when it is read: `find` sets every series there is, and those that it does not set are gone.
 * When it fails, or takes longer than 5 s, the gauge has no series until it is read again.
 */
export function readGauge<L extends string>(
  about: { readonly name: `bullpen_${string}`; readonly help: string; readonly labelNames: readonly L[] },
  find: (set: SetSeries<L>) => Promise<void>,
): void {
  new Gauge<L>({
    ...about,
    labelNames: [...about.labelNames],
    registers,
    async collect() {
      this.reset()
      const found: Parameters<SetSeries<L>>[] = []
      const late = Promise.withResolvers<never>()
      const timer = setTimeout(() => late.reject(new Error(`${about.name} took too long`)), patienceMs)
      try {
        await Promise.race([find((...series) => void found.push(series)), late.promise])
        for (const [labels, value] of found) this.set(labels, value)
      } catch {
        this.reset()
      } finally {
        clearTimeout(timer)
      }
    },
  })
}

let isMeasured = false

/** Begins to measure the process itself (memory, event loop, collections of garbage), and says its role on every line. */
export function measureProcess(role: string): void {
  registry.setDefaultLabels({ role })
  if (!isMeasured) collectDefaultMetrics({ register: registry, prefix: 'bullpen_' })
  isMeasured = true
}

/** Everything that is measured here now, and the content type it is to be sent with. */
export async function readMetrics(): Promise<{ readonly text: string; readonly contentType: string }> {
  return { text: await registry.metrics(), contentType: registry.contentType }
}

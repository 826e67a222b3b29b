import type { WorkerIdentity } from '#db/workers.ts'
import type { ConnectedConfig } from '#src/config.ts'
import { messageOf } from '#src/errors.ts'
import type { Logger } from '#src/log.ts'
import { measureProcess } from '#src/metrics.ts'
import { startTracing } from '#src/tracing.ts'
import { type Listening, listen } from '#src/web/listen.ts'
import { answerMetrics } from '#src/web/metrics.ts'

/** What a process tells of itself to those who measure it. */
export interface Measuring {
  /** Ends the metrics' server and sends the traces that have not been sent. */
  stop(): Promise<void>
}

const askAgainMs = 1_000

/**
 * Begins to measure this process. Its traces go to the collector of OTEL_EXPORTER_OTLP_ENDPOINT; its metrics are served on
 * `port` where one is given, and by the web process on its own port.
 */
export async function measure(
  config: ConnectedConfig,
  { role, version }: Pick<WorkerIdentity, 'role' | 'version'>,
  port: number | undefined,
  log: Logger,
): Promise<Measuring> {
  measureProcess(role)
  const server = port === undefined ? undefined : serve(config.metricsToken, port, log)
  const { otelExporterOtlpEndpoint: endpoint } = config
  const tracing = endpoint === undefined ? undefined : await startTracing({ endpoint, role, version })
  return {
    async stop() {
      await Promise.all([server?.stop(), tracing?.stop()])
    },
  }
}

/** A process that takes over from another one gets the port once that one has left; nothing else waits for it. */
function serve(token: string | undefined, port: number, log: Logger): Measuring {
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  let hasSaid = false
  const open = async (): Promise<Listening | undefined> => {
    try {
      return await listen(answerMetrics(token), port, { variable: 'METRICS_PORT' })
    } catch (error) {
      if (!hasSaid)
        log.warn({ reason: messageOf(error) }, 'no metrics are served yet: the port is tried again')
      hasSaid = true
      if (!isStopped)
        timer = setTimeout(() => {
          server = open()
        }, askAgainMs)
      return undefined
    }
  }
  let server = open()
  return {
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await (await server)?.close()
    },
  }
}

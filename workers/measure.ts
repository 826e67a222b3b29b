import type { WorkerIdentity } from '#db/workers.ts'
import type { ConnectedConfig } from '#src/config.ts'
import { measureProcess } from '#src/metrics.ts'
import { startTracing } from '#src/tracing.ts'
import { listen } from '#src/web/listen.ts'
import { answerMetrics } from '#src/web/metrics.ts'

/** What a process tells of itself to those who measure it. */
export interface Measuring {
  /** Ends the metrics' server and sends the traces that have not been sent. */
  stop(): Promise<void>
}

/**
 * Begins to measure this process. Its traces go to the collector of OTEL_EXPORTER_OTLP_ENDPOINT; its metrics are served on
 * `port` where one is given, and by the web process on its own port.
 * @throws UserError when the port cannot be listened on.
 */
export async function measure(
  config: ConnectedConfig,
  { role, version }: Pick<WorkerIdentity, 'role' | 'version'>,
  port: number | undefined,
): Promise<Measuring> {
  measureProcess(role)
  const server =
    port === undefined
      ? undefined
      : await listen(answerMetrics(config.metricsToken), port, { variable: 'METRICS_PORT' })
  const { otelExporterOtlpEndpoint: endpoint } = config
  const tracing = endpoint === undefined ? undefined : await startTracing({ endpoint, role, version })
  return {
    async stop() {
      await Promise.all([server?.close(), tracing?.stop()])
    },
  }
}

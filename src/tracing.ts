import { type Attributes, context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { VenueUnavailable } from './errors.ts'
import { redactText } from './redact.ts'

/** What a traced step is called, what is known of it, and the step of another process that it follows from. */
export interface Step {
  readonly name: string
  readonly attributes?: Attributes
  /** As `currentTrace` gave it there; without it the step belongs to whatever goes on here. */
  readonly follows?: string | null
}

/** A running tracer. */
export interface Tracing {
  /** Sends what has not been sent, within 2 s, and ends. */
  stop(): Promise<void>
}

const tracerName = 'bullpen'
let isOn = false

/** Whether this process sends traces. */
export function isTracing(): boolean {
  return isOn
}
const lastWordsMs = 2_000

/**
 * Sends the traces of this process to an OTLP collector (HTTP, JSON). Until it is called every other function here costs
 * next to nothing, and the libraries behind it are not loaded.
 */
export async function startTracing(options: {
  /** The collector's address: `/v1/traces` is put behind it. */
  readonly endpoint: string
  readonly role: string
  readonly version: string
}): Promise<Tracing> {
  const { AsyncLocalStorageContextManager } = await import('@opentelemetry/context-async-hooks')
  const { W3CTraceContextPropagator } = await import('@opentelemetry/core')
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http')
  const { resourceFromAttributes } = await import('@opentelemetry/resources')
  const { BatchSpanProcessor, ParentBasedSampler, SamplingDecision, TracerProvider } = await import(
    '@opentelemetry/sdk-trace'
  )
  const exporter = new OTLPTraceExporter({ url: `${options.endpoint.replace(/\/+$/, '')}/v1/traces` })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': `bullpen-${options.role}`,
      'service.version': options.version,
    }),
    // What the queue does for itself (looking for work, renewing locks) is no step of anything.
    sampler: new ParentBasedSampler({
      root: {
        shouldSample: (_context, _traceId, _name, kind) => ({
          decision:
            kind === SpanKind.INTERNAL ? SamplingDecision.NOT_RECORD : SamplingDecision.RECORD_AND_SAMPLED,
        }),
        toString: () => 'jobs',
      },
    }),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: 1_000 })],
  })
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  trace.setGlobalTracerProvider(provider)
  isOn = true
  return {
    async stop() {
      const late = new Promise((resolve) => setTimeout(resolve, lastWordsMs).unref())
      await Promise.race([provider.shutdown().catch(() => {}), late])
    },
  }
}

/** Runs a step within the trace it belongs to; what it throws is noted on the step, without secrets, and thrown on. */
export function traced<T>({ name, attributes = {}, follows }: Step, run: () => Promise<T>): Promise<T> {
  const parent =
    follows && !isWithin(follows)
      ? propagation.extract(context.active(), { traceparent: follows })
      : context.active()
  const tracer = trace.getTracer(tracerName)
  return tracer.startActiveSpan(name, { kind: SpanKind.INTERNAL, attributes }, parent, async (span) => {
    try {
      return await run()
    } catch (error) {
      const message = redactText(error instanceof Error ? error.message : String(error))
      // What may be asked again is no failure of the step's.
      if (error instanceof VenueUnavailable) span.addEvent('venue unavailable', { message })
      else span.setStatus({ code: SpanStatusCode.ERROR, message })
      throw error
    } finally {
      span.end()
    }
  })
}

/** Whether what goes on here belongs to that trace already: then a step is a part of it, and not beside it. */
function isWithin(traceparent: string): boolean {
  return trace.getActiveSpan()?.spanContext().traceId === traceparent.split('-')[1]
}

/** What is going on here as a W3C `traceparent`, for a later step to follow; null when nothing of it is kept. */
export function currentTrace(): string | null {
  if (trace.getActiveSpan()?.isRecording() !== true) return null
  const carrier: { traceparent?: string } = {}
  propagation.inject(context.active(), carrier)
  return carrier.traceparent ?? null
}

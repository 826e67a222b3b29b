import { type Logger, pino } from 'pino'
import { prettyFactory } from 'pino-pretty'
import type { Config } from './config.ts'
import { logScope } from './log-scope.ts'
import { redact, redactText } from './redact.ts'

export type { Logger } from 'pino'

/** Where log lines go: standard output, unless a test wants to read them. */
interface LogTarget {
  write(line: string): void
}

interface LogOptions {
  readonly level: Config['logLevel']
  /** What this process does: web, worker, simulator … */
  readonly role: string
  /** Values that are hidden wherever they turn up; see `secretsOf` in config.ts. */
  readonly secrets?: readonly string[]
  /** For people: colours and short times. Default: whether standard output is a terminal. */
  readonly isPretty?: boolean
  readonly target?: LogTarget
}

const deepestCause = 5

/**
 * The log of one process, JSON lines for machines or a console for people. Secrets do not pass: each line is searched by
 * name at any depth and by looks within texts, after everything else has been said and done.
 */
export function createLog(options: LogOptions): Logger {
  const { level, role, secrets = [], isPretty = process.stdout.isTTY === true } = options
  const target = options.target ?? pino.destination({ dest: 1, sync: true })
  const pretty = isPretty ? prettyLines({ isColoured: process.stdout.isTTY === true }) : undefined
  return pino(
    {
      level,
      base: { role, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: logScope,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError, error: describeError, req: describeRequest },
      hooks: { streamWrite: (line) => redactLine(line, secrets) },
    },
    pretty ? { write: (line: string) => target.write(pretty(line)) } : target,
  )
}

/** Turns JSON lines of this log into lines for people. Anything else passes as it is. */
export function prettyLines({ isColoured }: { isColoured: boolean }): (line: string) => string {
  return prettyFactory({
    colorize: isColoured,
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'pid,hostname,role',
    levelFirst: false,
    singleLine: true,
  })
}

function redactLine(line: string, secrets: readonly string[]): string {
  try {
    return `${JSON.stringify(redact(JSON.parse(line), secrets))}\n`
  } catch {
    return redactText(line, secrets)
  }
}

/** Of an error what helps, and no more: ccxt and HTTP libraries hang whole requests with their headers onto theirs. */
function describeError(thrown: unknown, depth = 0): unknown {
  if (!(thrown instanceof Error)) return thrown
  const { name, message, stack, cause } = thrown
  const { code, advice } = thrown as { code?: unknown; advice?: unknown }
  return {
    type: name,
    message,
    code,
    advice,
    stack: stack ?? '',
    cause: cause === undefined || depth === deepestCause ? undefined : describeError(cause, depth + 1),
  }
}

/** A request without its headers and without what follows the question mark. */
function describeRequest(request: { id?: unknown; method?: unknown; url?: unknown }): unknown {
  return { id: request.id, method: request.method, url: String(request.url ?? '').split('?', 1)[0] }
}

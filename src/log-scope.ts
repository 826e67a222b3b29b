import { AsyncLocalStorage } from 'node:async_hooks'

/** What a line of the log belongs to. */
export type LogScope =
  | { readonly requestId: string }
  | { readonly queue: string; readonly job: string; readonly jobId: string | undefined }

const scopes = new AsyncLocalStorage<LogScope>()

/** Runs something whose lines of the log all say what they belong to, whoever writes them, however deep. */
export function inLogScope<T>(scope: LogScope, work: () => T): T {
  return scopes.run(scope, work)
}

/** What goes on here, as fields of a line; a new object each time. */
export function logScope(): object {
  return { ...scopes.getStore() }
}

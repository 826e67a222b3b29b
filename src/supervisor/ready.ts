/** What a supervised process tells its supervisor once it does its work; a server adds the address it listens on. */
export interface Readiness {
  readonly url?: string
}

/** Tells the supervisor that this process is up. Without a supervisor it does nothing. */
export function announceReady(details: Readiness = {}): void {
  process.send?.({ ready: true, ...details })
}

/** The readiness in a message from a child, or undefined when the message is something else. */
export function readinessIn(message: unknown): Readiness | undefined {
  if (typeof message !== 'object' || message === null || !('ready' in message)) return undefined
  const { url } = message as Readiness
  return url === undefined ? {} : { url }
}

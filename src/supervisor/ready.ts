/** What a supervised process tells its supervisor once it does its work; a server adds the address it listens on. */
export interface Readiness {
  readonly url?: string
}

/** Tells the supervisor that this process is up. Without a supervisor it does nothing. */
export function announceReady(details: Readiness = {}): void {
  process.send?.({ ready: true, ...details })
}

/**
 * Tells the supervisor that this process would leave: it starts another first, and then stops this one. Returns whether
 * there is a supervisor to do so.
 */
export function announceLeaving(): boolean {
  return process.send?.({ leaving: true }) !== undefined
}

/** Whether a message from a child says that it would leave. */
export function isLeavingIn(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'leaving' in message
}

/** The readiness in a message from a child, or undefined when the message is something else. */
export function readinessIn(message: unknown): Readiness | undefined {
  if (typeof message !== 'object' || message === null || !('ready' in message)) return undefined
  const { url } = message as Readiness
  return url === undefined ? {} : { url }
}

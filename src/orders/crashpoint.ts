/** The places where a worker may die between two lines, by name. */
export type Crashpoint = 'claimed-not-sent' | 'sent-not-recorded'

let armed: Crashpoint | undefined

/** Arms one crash point of this process; the fault harness alone does this. */
export function armCrashpoint(name: Crashpoint): void {
  armed = name
}

/** Ends the process as SIGKILL does when the point is armed; otherwise nothing. */
export function crashpoint(name: Crashpoint): void {
  if (name === armed) process.kill(process.pid, 'SIGKILL')
}

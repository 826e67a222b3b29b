/**
 * The places where a worker may die between two lines of an order's way, by name, in the order of that way. Inside a
 * transaction: `mid-claim`, `mid-record`, `mid-settle`.
 */
export const crashpoints = [
  'ready-not-claimed',
  'mid-claim',
  'claimed-not-sent',
  'sent-not-recorded',
  'fills-read',
  'mid-record',
  'mid-settle',
  'recorded-not-woken',
  'refused-not-recorded',
  'unknown-not-recorded',
  'not-written-not-returned',
  'cancel-marked',
  'cancel-sent',
  'lost-sender',
  'found-not-adopted',
  'absent-once',
  'absent-not-ended',
  'ended-not-planned-again',
] as const
export type Crashpoint = (typeof crashpoints)[number]

/** What becomes of the process there: it ends as by SIGKILL, or stands still as by SIGSTOP until somebody wakes it. */
export type Fate = 'die' | 'freeze'

let armed: { readonly name: Crashpoint; passes: number; readonly fate: Fate } | undefined

/** Arms one crash point of this process, which strikes at its `passes`-th passing, once; the fault harness alone does this. */
export function armCrashpoint(name: Crashpoint, passes = 1, fate: Fate = 'die'): void {
  armed = { name, passes, fate }
}

/** Arms what `<name>:<passes>` or `<name>:<passes>:freeze` says. Throws on a name that is none. */
export function armFrom(text: string): void {
  const [name, passes, fate] = text.split(':')
  const known = crashpoints.find((point) => point === name)
  if (known === undefined) throw new Error(`there is no crash point ${name}`)
  armCrashpoint(known, Number(passes), fate === 'freeze' ? 'freeze' : 'die')
}

/** Ends or freezes the process when the point is armed and due; otherwise nothing. */
export function crashpoint(name: Crashpoint): void {
  if (name !== armed?.name) return
  armed.passes -= 1
  if (armed.passes > 0) return
  const { fate } = armed
  armed = undefined
  process.kill(process.pid, fate === 'freeze' ? 'SIGSTOP' : 'SIGKILL')
}

import { writeSync } from 'node:fs'

/**
 * The places where a worker may die between two lines of an order's way, by name, in the order of that way: one at each
 * step between planned and ended. Those named `mid-…`, and `planned-again-not-committed`, are inside a transaction.
 */
export const crashpoints = [
  // planned, by the monitor or a close-all
  'mid-plan',
  'planned-not-woken',
  // sent
  'ready-not-claimed',
  'mid-claim',
  'claimed-not-sent',
  'sent-not-recorded',
  'refused-not-recorded',
  'refused-not-sold-on',
  'unknown-not-recorded',
  'mid-unknown',
  'not-written-not-returned',
  'mid-return',
  // booked
  'fills-read',
  'mid-record',
  'mid-reprice',
  'mid-protect',
  'mid-close',
  'mid-settle',
  'mid-end',
  'recorded-not-woken',
  // taken back
  'mid-cancel',
  'cancel-marked',
  'cancel-sent',
  'cancel-unanswered',
  // looked for
  'mid-lost-sender',
  'lost-sender',
  'found-not-adopted',
  'round-not-written',
  'round-written',
  'absent-once',
  'absent-not-ended',
  'ended-not-planned-again',
  'planned-again-not-committed',
  'stop-asked',
  // everything closed
  'batch-taken',
  'unsent-abandoned',
  'taken-back-not-closed',
  'close-not-woken',
  'flat-not-ended',
  // reconciled
  'report-read',
  'living-asked',
  'adopted-not-booked',
  'unknown-adopted',
  'mid-departure',
  'departed-not-told',
  'mid-manual-adoption',
  'compared-not-saved',
] as const
export type Crashpoint = (typeof crashpoints)[number]

/** What becomes of the process there: it ends as by SIGKILL, or stands still as by SIGSTOP until somebody wakes it. */
export type Fate = 'die' | 'freeze'

/** What stands before the name of the crash point in the last line of a process that struck one. */
export const lastWords = 'crash point '

interface Armed {
  passes: number
  readonly fate: Fate
}

const armed = new Map<Crashpoint, Armed>()

/** Arms a crash point of this process, which strikes at its `passes`-th passing, once; the fault harness alone does this. */
export function armCrashpoint(name: Crashpoint, passes = 1, fate: Fate = 'die'): void {
  armed.set(name, { passes, fate })
}

/**
 * Arms what `<name>:<passes>` or `<name>:<passes>:freeze` says; several, separated by commas, wait for whichever comes
 * first. Throws on a name that is none.
 */
export function armFrom(text: string): void {
  for (const one of text.split(',')) {
    const [name, passes, fate] = one.split(':')
    const known = crashpoints.find((point) => point === name)
    if (known === undefined) throw new Error(`there is no crash point ${name}`)
    armCrashpoint(known, Number(passes), fate === 'freeze' ? 'freeze' : 'die')
  }
}

/** Ends or freezes the process when the point is armed and due, and says its name as its last line; otherwise nothing. */
export function crashpoint(name: Crashpoint): void {
  const due = armed.get(name)
  if (due === undefined) return
  due.passes -= 1
  if (due.passes > 0) return
  armed.delete(name)
  writeSync(process.stderr.fd, `${lastWords}${name}\n`)
  process.kill(process.pid, due.fate === 'freeze' ? 'SIGSTOP' : 'SIGKILL')
}

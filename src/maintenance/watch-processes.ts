import { raiseAlert } from '#db/alerts.ts'
import { recordAudit } from '#db/audit.ts'
import type { Db } from '#db/client.ts'
import {
  askToLeave,
  type GuardedWorker,
  guardedWorkers,
  noteSilenceTold,
  queuesLeftWithin,
} from '#db/worker-guard.ts'
import type { Logger } from '../log.ts'
import { judgeProcesses } from './guard.ts'

/** A process of the same queues is not replaced again before this. */
const apartMs = 10 * 60_000
const mib = 1024 * 1024

/** What is too much, and what is done about it. */
export interface MemoryRules {
  readonly memoryLimitMb: number
  /** Whether a worker above the limit is asked to leave. */
  readonly allowAutoReboot: boolean
}

/**
 * Looks at the heartbeats of all processes: raises an alert for each above the limit, asks the heaviest worker to leave where
 * that is allowed, and tells once of each that fell silent. The caller's transaction holds all of it.
 */
export async function watchProcesses(tx: Db, rules: MemoryRules, log: Logger): Promise<void> {
  const { heavy, leaves, silent } = judgeProcesses(await guardedWorkers(tx), {
    limitBytes: rules.memoryLimitMb * mib,
    mayReplace: rules.allowAutoReboot,
    leftLately: await queuesLeftWithin(tx, apartMs),
  })
  if (leaves) await replace(tx, leaves, rules)
  await noteSilenceTold(
    tx,
    silent.map(({ worker }) => worker.id),
  )
  for (const worker of heavy) await tellHeavy(tx, worker, worker.id === leaves?.id, rules, log)
  for (const { worker, unserved } of silent) await tellSilent(tx, worker, unserved, log)
}

async function replace(tx: Db, worker: GuardedWorker, { memoryLimitMb }: MemoryRules): Promise<void> {
  const reason = `it takes ${megabytes(worker)} MB of memory, above MEMORY_LIMIT_MB=${memoryLimitMb}`
  await askToLeave(tx, worker.id, reason)
  const details = { queues: worker.queues, host: worker.host, pid: worker.pid, reason }
  await recordAudit(tx, { actor: 'bullpen', action: 'worker.replace', target: worker.id, details })
}

async function tellHeavy(
  tx: Db,
  worker: GuardedWorker,
  isLeaving: boolean,
  { memoryLimitMb, allowAutoReboot }: MemoryRules,
  log: Logger,
): Promise<void> {
  const rssMb = megabytes(worker)
  log.error({ event: 'memory', worker: worker.id, rssMb, isLeaving }, 'a process takes too much memory')
  await raiseAlert(tx, {
    kind: 'memory',
    severity: 'critical',
    userId: null,
    subject: worker.id,
    title: `${nameOf(worker)} takes ${rssMb} MB of memory`,
    text: `${nameOf(worker)} is above the limit of ${memoryLimitMb} MB. ${doneAbout(worker, isLeaving, allowAutoReboot)}`,
    advice: isLeaving
      ? 'Nothing, unless it comes again: then raise MEMORY_LIMIT_MB, or run its queues on more processes.'
      : `Restart it on ${worker.host} (pid ${worker.pid}) when it suits you: it finishes what it has in hand.`,
    facts: { host: worker.host, pid: worker.pid, queues: worker.queues.join(', '), rssMb },
  })
}

function doneAbout(worker: GuardedWorker, isLeaving: boolean, mayReplace: boolean): string {
  if (isLeaving || worker.isAskedToLeave)
    return 'It was asked to leave: it finishes what it has in hand, and another takes its place.'
  if (worker.role !== 'worker') return 'It is no worker, and stays as it is.'
  if (mayReplace)
    return 'It stays for now: one worker leaves at a time, and none whose queues lost one within 10 minutes.'
  return 'It goes on, for ALLOW_AUTO_REBOOT is off.'
}

async function tellSilent(
  tx: Db,
  worker: GuardedWorker,
  unserved: readonly string[],
  log: Logger,
): Promise<void> {
  const seconds = Math.round(worker.silentMs / 1_000)
  log.error({ event: 'process-silent', worker: worker.id, seconds, unserved }, 'a process has fallen silent')
  const isMissed = unserved.length > 0 || worker.role === 'simulator'
  await raiseAlert(tx, {
    kind: 'process-silent',
    severity: isMissed ? 'critical' : 'warning',
    userId: null,
    subject: worker.id,
    title: `${nameOf(worker)} has fallen silent`,
    text:
      `${nameOf(worker)} has not been heard for ${seconds} s: it was killed, or its machine is gone. ` +
      (unserved.length > 0
        ? `Nobody works on ${unserved.join(', ')} now.`
        : 'Others work on its queues, and what it had in hand is taken up by them.'),
    ...(isMissed && {
      advice:
        unserved.length > 0
          ? `Start another: npx bullpen worker --queues ${unserved.join(',')}`
          : 'Start another: npx bullpen simulator',
    }),
    facts: { host: worker.host, pid: worker.pid, queues: worker.queues.join(', ') },
  })
}

function nameOf({ role, queues, host }: GuardedWorker): string {
  const what = queues.length > 0 ? `The ${role} of ${queues.join(', ')}` : `The ${role}`
  return `${what} on ${host}`
}

function megabytes({ rssBytes }: GuardedWorker): number {
  return Math.round((rssBytes ?? 0) / mib)
}

import type { AlertChannel, Severity } from './severity.ts'

const minute = 60_000

/** How long after a critical alert each step is due while nobody has acknowledged it. */
const stepsMs = [0, 5, 15, 60, 240, 720, 1_440].map((minutes) => minutes * minute)
/** From this step on the operator hears of what its owner has not acknowledged. */
const operatorStep = 2
/** A message that failed so often does not count as on its way: the next step is not waited for. */
const failedOften = 2
/** While messages are on their way, an alert is looked at again after so long. */
const lookAgainMs = 15_000

/** A way to reach somebody. */
export interface Reach {
  /** Null for the operator's own chat. */
  readonly userId: string | null
  readonly channel: AlertChannel
  /** The owner of an alert is told of it; the operator of what owners leave. */
  readonly role: 'owner' | 'operator'
  readonly isWished: boolean
  /** Until when nothing that is not critical goes there, in ms; null when it is not quiet. */
  readonly quietUntilMs: number | null
}

/** A message that was made of an alert already. */
export interface MadeDelivery {
  readonly userId: string | null
  readonly channel: AlertChannel
  readonly step: number
  readonly state: 'waiting' | 'sent' | 'refused' | 'given_up'
  readonly attempts: number
}

/** A message to be made now. */
export interface WantedDelivery extends Pick<Reach, 'userId' | 'channel'> {
  readonly step: number
}

/** What follows from an alert now, and when it is to be looked at again; null when nothing more comes of it. */
export interface Route {
  readonly send: readonly WantedDelivery[]
  readonly nextAtMs: number | null
}

/**
 * Which messages an alert asks for now. What is not critical goes once to each channel its owner wishes it on, after their
 * quiet hours. What is critical goes out at once, and on: after 5 min, or as soon as the first channels have failed, to every
 * channel of its owner, from 15 min on to the operator too, and so on up to a day, until somebody acknowledges it.
 */
export function routeAlert(
  alert: { readonly severity: Severity; readonly raisedAtMs: number; readonly isAcknowledged: boolean },
  reaches: readonly Reach[],
  made: readonly MadeDelivery[],
  nowMs: number,
): Route {
  if (alert.isAcknowledged) return { send: [], nextAtMs: null }
  return alert.severity === 'critical'
    ? routeCritical(alert.raisedAtMs, reaches, made, nowMs)
    : routeOnce(reaches, made, nowMs)
}

function routeOnce(reaches: readonly Reach[], made: readonly MadeDelivery[], nowMs: number): Route {
  const left = reaches.filter(
    (reach) => reach.role === 'owner' && reach.isWished && !made.some((one) => isTo(one, reach)),
  )
  const isQuiet = ({ quietUntilMs }: Reach) => quietUntilMs !== null && quietUntilMs > nowMs
  const ends = left.filter(isQuiet).map(({ quietUntilMs }) => quietUntilMs ?? nowMs)
  return {
    send: left.filter((reach) => !isQuiet(reach)).map((reach) => wanted(reach, 0)),
    nextAtMs: ends.length === 0 ? null : Math.min(...ends),
  }
}

function routeCritical(
  raisedAtMs: number,
  reaches: readonly Reach[],
  made: readonly MadeDelivery[],
  nowMs: number,
): Route {
  const isLost = (step: number) => {
    const messages = made.filter((one) => one.step === step)
    return messages.length > 0 && messages.every(hasFailed)
  }
  const due = stepsMs.findLastIndex(
    (ms, step) => nowMs >= raisedAtMs + ms || (step > 0 && step <= operatorStep && isLost(step - 1)),
  )
  const step = Math.max(0, due)
  // Nobody gets one for every step that was missed, nor a second one while the first is on its way.
  const send = audience(reaches, step)
    .filter((reach) => !made.some((one) => isTo(one, reach) && (one.step >= step || one.state === 'waiting')))
    .map((reach) => wanted(reach, step))
  const nextMs = stepsMs[step + 1]
  if (nextMs === undefined) return { send, nextAtMs: null }
  const isOnItsWay = send.length > 0 || made.some((one) => one.step === step && one.state === 'waiting')
  const nextStepAt = Math.max(raisedAtMs + nextMs, nowMs)
  return { send, nextAtMs: isOnItsWay ? Math.min(nextStepAt, nowMs + lookAgainMs) : nextStepAt }
}

function audience(reaches: readonly Reach[], step: number): readonly Reach[] {
  const owners = reaches.filter(({ role }) => role === 'owner')
  const wished = owners.filter(({ isWished }) => isWished)
  if (owners.length === 0 || step >= operatorStep) return reaches
  return step === 0 && wished.length > 0 ? wished : owners
}

function hasFailed({ state, attempts }: MadeDelivery): boolean {
  return state === 'refused' || state === 'given_up' || (state === 'waiting' && attempts >= failedOften)
}

function isTo(one: Pick<Reach, 'userId' | 'channel'>, other: Pick<Reach, 'userId' | 'channel'>): boolean {
  return one.userId === other.userId && one.channel === other.channel
}

function wanted({ userId, channel }: Reach, step: number): WantedDelivery {
  return { userId, channel, step }
}

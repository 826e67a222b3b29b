import type { AnyJob } from '#src/queue/job.ts'
import answerAccountRequest from './answer-account-request.ts'
import backtest from './backtest.ts'
import cancelOrder from './cancel-order.ts'
import checkKey from './check-key.ts'
import type { JobContext } from './context.ts'
import dailyReport from './daily-report.ts'
import fetchSignals from './fetch-signals.ts'
import mailResetLink from './mail-reset-link.ts'
import memoryCheck from './memory-check.ts'
import monitorPositions from './monitor-positions.ts'
import persistSnapshot from './persist-snapshot.ts'
import placeOrder from './place-order.ts'
import prune from './prune.ts'
import reconcileAccount from './reconcile-account.ts'
import resolveOrder from './resolve-order.ts'
import scoreSignals from './score-signals.ts'
import sendAlert from './send-alert.ts'
import tradingCycle from './trading-cycle.ts'

/** Every job there is. */
export const jobs: readonly AnyJob<JobContext>[] = [
  fetchSignals,
  scoreSignals,
  tradingCycle,
  placeOrder,
  cancelOrder,
  resolveOrder,
  reconcileAccount,
  checkKey,
  answerAccountRequest,
  persistSnapshot,
  monitorPositions,
  sendAlert,
  dailyReport,
  mailResetLink,
  memoryCheck,
  prune,
  backtest,
]
